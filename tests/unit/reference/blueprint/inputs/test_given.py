"""Inputs are described by name, shape and type; what is no description is refused."""

import pytest

from scaffold.core.blueprint import Input, InputKind
from scaffold.core.errors import ScaffoldError
from scaffold.reference.blueprint.inputs import given_inputs


@pytest.mark.parametrize(
    ("word", "row"),
    [
        (
            "x=2x3x8x8:float32",
            Input(name="x", shape=(2, 3, 8, 8), dtype="float32", kind=InputKind.IMAGE),
        ),
        ("x=2,5:float64", Input(name="x", shape=(2, 5), dtype="float64", kind=InputKind.REAL)),
        (
            "ids=2x16:int64:0..99",
            Input(name="ids", shape=(2, 16), dtype="int64", kind=InputKind.TOKENS, low=0, high=99),
        ),
        ("attention_mask=2x9:int64", Input(name="attention_mask", shape=(2, 9), dtype="int64",
                                           kind=InputKind.MASK)),
        ("keep=4:bool", Input(name="keep", shape=(4,), dtype="bool", kind=InputKind.MASK)),
        (
            "images.0.left=3x8x8:float32:0..1",
            Input(
                name="images",
                path="0.left",
                shape=(3, 8, 8),
                dtype="float32",
                kind=InputKind.REAL,
                low=0,
                high=1,
            ),
        ),
        ("step=:int64:3..3", Input(name="step", shape=(), dtype="int64", kind=InputKind.TOKENS,
                                   low=3, high=3)),
    ],
)  # fmt: skip
def test_a_description_is_read(word, row):
    (read,) = given_inputs([word])

    assert (read.name, read.path, read.shape) == (row.name, row.path, row.shape)
    assert (read.dtype, read.kind, read.low, read.high) == (row.dtype, row.kind, row.low, row.high)


FORM = "write --input NAME=SHAPE:DTYPE, such as x=2x3x32x32:float32 or ids=2x16:int64:0..99"


@pytest.mark.parametrize(
    ("words", "what", "where", "remedy"),
    [
        (["x"], "'x' describes no input", "--input", FORM),
        (["x=2x3"], "'x=2x3' describes no input", "--input", FORM),
        (["x=2xa:float32"], "'x=2xa:float32' describes no input", "--input", FORM),
        (["2=2:float32"], "'2=2:float32' describes no input", "--input", FORM),
        (
            ["x=2:float31"],
            "'float31' is no type of numbers",
            "--input x=2:float31",
            (
                "write one of float32, float64, float16, bfloat16, complex64, int64, int32, int16, "
                "int8, uint8, bool"
            ),
        ),
        (
            ["x=2:int64:9..1"],
            "'9..1' is no range",
            "--input x=2:int64:9..1",
            "write LOW..HIGH, such as 0..99",
        ),
        (
            ["x=2:int64:1..2..3"],
            "'1..2..3' is no range",
            "--input x=2:int64:1..2..3",
            "write LOW..HIGH, such as 0..99",
        ),
        (
            ["x.0=2:int64", "x.0=3:int64"],
            "x.0 is given twice",
            "--input",
            "keep one of them: x.0=...",
        ),
    ],
)
def test_what_is_no_description_is_refused(words, what, where, remedy):
    with pytest.raises(ScaffoldError) as refused:
        given_inputs(words)

    assert (refused.value.what, refused.value.where) == (what, where)
    assert refused.value.remedy == remedy
