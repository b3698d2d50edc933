import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scaffold.core.comparison import (
    Comparison,
    Divergence,
    Judgement,
    PartRow,
    ProbeRow,
    Rung,
    RungRow,
    Verdict,
)
from scaffold.core.curve import Curve
from scaffold.core.difference import Concentration, Difference, Element, Grid, Side
from scaffold.core.errors import ScaffoldError
from scaffold.report import jsonform

words = st.text(max_size=8)
ratios = st.none() | st.floats(allow_nan=False)
judgements = st.builds(
    Judgement,
    verdict=st.sampled_from(Verdict),
    ratio=ratios,
    worst=words,
    probe=words,
    reason=words,
)
marks = st.builds(Judgement, verdict=st.sampled_from(Verdict), ratio=ratios)
numbers = st.floats(allow_nan=False)
counts = st.integers(min_value=0, max_value=9)
differences = st.builds(
    Difference,
    part=words,
    ours=words,
    side=st.sampled_from(Side),
    probe=words,
    call=counts,
    leaf=words,
    dtype=words,
    shape=st.tuples(counts, counts),
    unit=numbers,
    elements=counts,
    beyond=counts,
    edges=st.tuples(st.floats(allow_nan=False, allow_infinity=False)),
    counts=st.tuples(counts, counts),
    worst=st.lists(
        st.builds(Element, place=st.tuples(counts), theirs=numbers, ours=numbers, ratio=numbers),
        max_size=2,
    ).map(tuple),
    concentrations=st.lists(
        st.builds(
            Concentration, axis=counts, index=counts, share=st.floats(min_value=0, max_value=1)
        ),
        max_size=1,
    ).map(tuple),
    grid=st.none()
    | st.builds(
        Grid,
        at=st.tuples(st.none() | counts),
        steps=st.tuples(counts, counts),
        cells=st.tuples(st.tuples(numbers, numbers)),
    ),
)
curves = st.builds(
    Curve,
    rung=st.sampled_from(Rung),
    item=words,
    steps=st.tuples(counts, counts),
    theirs=st.tuples(numbers, numbers),
    ours=st.tuples(numbers, numbers),
)
parts = st.builds(
    PartRow,
    part=words,
    ours=words,
    kind=words,
    local=judgements,
    interface=judgements,
    end_to_end=judgements,
    probes=st.lists(words, max_size=2).map(tuple),
    order=st.none() | counts,
    source=words,
    by_probe=st.lists(
        st.builds(ProbeRow, probe=words, local=marks, interface=marks, end_to_end=marks),
        max_size=1,
    ).map(tuple),
)
rungs = st.builds(RungRow, rung=st.sampled_from(Rung), item=words, judgement=judgements, part=words)
firsts = st.builds(Divergence, rung=st.sampled_from(Rung), place=words, because=words, remedy=words)
comparisons = st.builds(
    Comparison,
    reference=words,
    bundle=words,
    parts=st.lists(parts, max_size=3).map(tuple),
    rungs=st.lists(rungs, max_size=3).map(tuple),
    first=st.none() | firsts,
    unmatched=st.lists(words, max_size=2).map(tuple),
    notes=st.lists(words, max_size=2).map(tuple),
    limit=ratios,
    provenance=st.lists(st.tuples(words, words), max_size=2).map(tuple),
    differences=st.lists(differences, max_size=1).map(tuple),
    curves=st.lists(curves, max_size=1).map(tuple),
)


# A busy machine is no reason to fail.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def complaints(document, schema=None):
    validator = Draft202012Validator(schema or jsonform.schema())
    return [error.message for error in validator.iter_errors(document)]


def closed(schema):
    """The schema without room for fields that it does not name."""
    if isinstance(schema, dict):
        inner = {name: closed(value) for name, value in schema.items()}
        return {**inner, "additionalProperties": False} if "properties" in schema else inner
    return [closed(value) for value in schema] if isinstance(schema, list) else schema


@unhurried
@given(comparisons)
def test_there_and_back_is_the_same_comparison(comparison):
    written = jsonform.dumps(comparison)

    assert jsonform.loads(written) == comparison
    assert jsonform.dumps(jsonform.loads(written)) == written


@unhurried
@given(comparisons)
def test_what_is_written_keeps_the_published_schema(comparison):
    assert complaints(json.loads(jsonform.dumps(comparison)), closed(jsonform.schema())) == []


def test_a_document_from_before_a_field_was_added_is_read(diverging):
    document = json.loads(jsonform.dumps(diverging))
    for later in ("limit", "provenance", "differences", "curves"):
        del document[later]
    for row in document["parts"]:
        for later in ("order", "source", "gain", "by_probe"):
            del row[later]

    assert complaints(document) == []
    assert jsonform.loads(json.dumps(document)).parts == diverging.parts


def test_a_field_of_a_later_version_is_left_out(agreeing):
    document = {**json.loads(jsonform.dumps(agreeing)), "weather": "fine"}

    assert complaints(document) == []
    assert jsonform.loads(json.dumps(document)) == agreeing


def test_nan_is_written_as_a_word_and_read_back(diverging):
    written = jsonform.dumps(diverging)

    assert complaints(json.loads(written)) == []
    assert '"ratio": "nan"' in written
    assert math.isnan(jsonform.loads(written).rungs[-1].judgement.ratio)


def test_the_schema_is_itself_a_schema_and_names_every_verdict_and_rung():
    schema = jsonform.schema()

    Draft202012Validator.check_schema(schema)
    assert schema["$defs"]["verdict"]["enum"] == [
        verdict.value for verdict in sorted(Verdict, key=list(Verdict).index)
    ]
    assert schema["$defs"]["rung"]["enum"] == [rung.value for rung in Rung]


def test_the_schema_refuses_an_unknown_verdict(agreeing):
    document = json.loads(jsonform.dumps(agreeing))
    document["rungs"][0]["judgement"]["verdict"] = "fine"

    [complaint] = complaints(document)
    assert complaint.startswith("'fine' is not one of ['equal', 'rounding', 'weak'")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "JSONDecodeError: Expecting property name"),
        ('{"kind": "findings", "schema": 1}', "kind findings, schema 1"),
        ('{"kind": "comparison", "schema": 2}', "kind comparison, schema 2"),
        ('{"kind": "comparison", "schema": 1}', "KeyError: 'first'"),
        ("[]", "TypeError"),
    ],
)
def test_what_is_no_comparison_is_refused_with_a_remedy(text, why):
    with pytest.raises(ScaffoldError) as refused:
        jsonform.loads(text, where="old.json")

    assert why in refused.value.what
    assert refused.value.what.startswith("is no comparison of schema 1")
    assert refused.value.where == "old.json"
    assert refused.value.remedy == "write it again: scaffold compare --format json"
