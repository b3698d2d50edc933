"""A blueprint goes to JSON and back, and keeps its published schema."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scaffold.core import blueprint as nouns
from scaffold.core.blueprint import Blueprint, ValueKind
from scaffold.core.blueprint.document import dumps, loads, schema
from scaffold.core.errors import ScaffoldError
from scaffold.report import blueprint as shown

# A busy machine is no reason to fail.
unhurried = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
TYPES = {
    str: st.text(max_size=4),
    int: st.integers(0, 9),
    float: st.floats(-9, 9),
    bool: st.booleans(),
}
values = st.builds(
    nouns.Value,
    kind=st.sampled_from(ValueKind),
    text=TYPES[str],
    target=TYPES[str],
    names=st.just(("a",)),
    items=st.lists(
        st.builds(nouns.Value, kind=st.sampled_from(ValueKind), text=TYPES[str]), max_size=2
    ).map(tuple),
)


def made(kind):
    """Values of a dataclass in which every field has something in it."""
    from scaffold.core.written import hints  # noqa: PLC0415 - beside what it is about

    return (
        values
        if kind is nouns.Value
        else st.builds(kind, **{n: of(h) for n, h in hints(kind).items() if n != "schema"})
    )


def of(hint):
    arguments = getattr(hint, "__args__", ())
    if getattr(hint, "__origin__", None) is tuple:
        return st.lists(of(arguments[0]), max_size=1).map(tuple)
    if arguments:
        return st.one_of(*(st.none() if one is type(None) else of(one) for one in arguments))
    if hint in TYPES:
        return TYPES[hint]
    return st.sampled_from(hint) if issubclass(hint, str) else made(hint)


blueprints = made(Blueprint)


def complaints(document, form=None):
    validator = Draft202012Validator(form or shown.schema())
    return [error.message for error in validator.iter_errors(document)]


def closed(form):
    """The schema without room for fields that it does not name."""
    if isinstance(form, dict):
        inner = {name: closed(value) for name, value in form.items()}
        return {**inner, "additionalProperties": False} if "properties" in form else inner
    return [closed(value) for value in form] if isinstance(form, list) else form


@unhurried
@given(blueprints)
def test_there_and_back_is_the_same_blueprint(blueprint):
    text = dumps(blueprint)

    assert loads(text) == blueprint
    assert dumps(loads(text)) == text
    assert complaints(json.loads(text), closed(shown.schema())) == []


def test_the_published_schema_is_the_one_of_the_nouns():
    assert shown.schema() == schema(), "write it again: python docs/generate.py --write"
    Draft202012Validator.check_schema(shown.schema())


def test_every_field_that_its_name_does_not_explain_is_described():
    part = schema()["$defs"]["Part"]["properties"]

    assert part["captured"]["description"].startswith("Whether the constructor's call was seen;")
    assert schema()["$defs"]["ValueKind"]["enum"][:3] == ["none", "bool", "int"]


@unhurried
@given(blueprints)
def test_a_field_of_a_later_version_is_left_out(blueprint):
    document = {**json.loads(dumps(blueprint)), "weather": "fine"}

    assert complaints(document) == []
    assert loads(json.dumps(document)) == blueprint


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "JSONDecodeError: Expecting property name enclosed"),
        ('{"kind": "comparison", "schema": 1}', "ValueError: kind comparison, schema 1"),
        ('{"kind": "blueprint", "schema": 2}', "ValueError: kind blueprint, schema 2"),
        ('{"kind": "blueprint", "schema": 1, "parts": 3}', "Blueprint.parts: expected a list"),
        ('{"kind": "blueprint", "schema": 1, "flops": true}', "Blueprint.flops: expected int"),
        ('{"kind": "blueprint", "schema": 1}', "missing 18 required keyword-only arguments"),
    ],
)
def test_what_is_no_blueprint_is_refused_with_a_remedy(text, why):
    with pytest.raises(ScaffoldError) as refused:
        loads(text, where="x.json")

    assert refused.value.what.startswith("is no blueprint of schema 1 (")
    assert why in refused.value.what
    assert refused.value.where == "x.json"
    assert refused.value.remedy == "write it again: scaffold inspect SPEC --format json"
