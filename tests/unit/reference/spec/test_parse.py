"""A spec is read without torch, and what is wrong with one is said."""

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.core.errors import ScaffoldError
from scaffold.reference.spec import FORMS, SpecSource, parse
from scaffold.reference.spec.literal import code, literal


@pytest.mark.parametrize("source", SpecSource)
def test_every_form_that_is_advertised_is_read(source):
    spec = parse(FORMS[source], ["a=1"])

    assert spec.source is source
    assert spec.text == FORMS[source]
    assert spec.arguments == (("a", 1),)


def test_a_factory_is_split_from_its_place():
    spec = parse("file:some/where.py:Nets.build")

    assert (spec.module, spec.factory) == ("some/where.py", "Nets.build")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10", 10),
        ("-3", -3),
        ("1e-5", 1e-5),
        (".5", 0.5),
        ("true", True),
        ("False", False),
        ("none", None),
        ("gelu", "gelu"),
        ("'10'", "10"),
        ("(3, 224, 224)", (3, 224, 224)),
        ("(3,)", (3,)),
        ("[1, (2, None)]", [1, (2, None)]),
        ("{'a': 1.5}", {"a": 1.5}),
        ("", ""),
        ("a=b", "a=b"),
    ],
)
def test_a_value_has_the_type_that_it_looks_like(text, value):
    read = parse("timm:x", [f"key={text}"]).arguments[0][1]

    assert read == value
    assert type(read) is type(value)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(), inner, max_size=3)
    ),
)


@given(st.lists(plain, max_size=3).map(tuple))
def test_what_is_written_as_code_means_the_same(value):
    assert eval(code(value), {}) == value  # noqa: S307 - that it is python is the claim


def test_infinity_is_a_number_and_is_written_as_python_can_read_it():
    assert literal("-inf", where="x") == -math.inf
    assert code((-math.inf,)) == "(float('-inf'),)"


ALL = ", ".join(FORMS.values())


@pytest.mark.parametrize(
    ("text", "arguments", "what", "where", "remedy"),
    [
        ("", [], "the spec is empty", "SPEC", f"write one of {ALL}"),
        ("resnet18", [], "'resnet18' is no spec", "SPEC", f"write one of {ALL}"),
        ("timm:", [], "'timm:' is no spec", "SPEC", f"write one of {ALL}"),
        (
            "tim:resnet18",
            [],
            "'tim' is no source of references",
            "SPEC",
            "did you mean timm?",
        ),
        ("jax:x", [], "'jax' is no source of references", "SPEC", f"write one of {ALL}"),
        (
            "hf-hub:timm/vit",
            [],
            "'hf-hub:timm/vit' needs the hub, and a reference is built without the network",
            "SPEC",
            (
                "name the architecture (timm:vit_tiny_patch16_224) or the class "
                "(transformers:ViTModel); weights from a file are mapped afterwards"
            ),
        ),
        (
            "transformers:google/vit",
            [],
            "'transformers:google/vit' needs the hub, and a reference is built without the network",
            "SPEC",
            (
                "name the architecture (timm:vit_tiny_patch16_224) or the class "
                "(transformers:ViTModel); weights from a file are mapped afterwards"
            ),
        ),
        ("timm:a b", [], "'timm:a b' is no spec", "SPEC", "write timm:NAME"),
        (
            "python:a.b",
            [],
            "'python:a.b' names no factory",
            "SPEC",
            (
                "write python:package.module:factory; the factory is a function or a class that "
                "gives a torch.nn.Module"
            ),
        ),
        (
            "file:net.py",
            [],
            "'file:net.py' names no factory",
            "SPEC",
            (
                "write file:path.py:factory; the factory is a function or a class that gives "
                "a torch.nn.Module"
            ),
        ),
        (
            "python:a/b:c",
            [],
            "'python:a/b:c' is no spec",
            "SPEC",
            (
                "write python:package.module:factory; the factory is a function or a class that "
                "gives a torch.nn.Module"
            ),
        ),
        (
            "timm:x",
            ["depth"],
            "'depth' is no argument of the reference",
            "SPEC",
            "write key=value, such as num_classes=10",
        ),
        (
            "timm:x",
            ["a-b=1"],
            "'a-b=1' is no argument of the reference",
            "SPEC",
            "write key=value, such as num_classes=10",
        ),
        ("timm:x", ["a=1", "a=2"], "a is given twice", "SPEC", "keep one of them: a=..."),
        (
            "timm:x",
            ["size=(1"],
            "cannot read the value (1 (SyntaxError)",
            "size",
            (
                "write a number, true, false, none, text, or a python literal in quotes for the "
                "shell: 'size=(224, 224)'"
            ),
        ),
        (
            "timm:x",
            ["size={1}"],
            "cannot read the value {1} (TypeError)",
            "size",
            (
                "write a number, true, false, none, text, or a python literal in quotes for the "
                "shell: 'size=(224, 224)'"
            ),
        ),
    ],
)
def test_what_is_no_spec_is_refused(text, arguments, what, where, remedy):
    with pytest.raises(ScaffoldError) as refused:
        parse(text, arguments)

    assert (refused.value.what, refused.value.where) == (what, where)
    assert refused.value.remedy == remedy


def test_reading_a_spec_imports_no_torch():
    heavy = "[name for name in ('torch', 'numpy', 'timm', 'transformers') if name in sys.modules]"
    code = f"import sys; from scaffold.reference.spec import parse; parse('timm:x'); print({heavy})"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
