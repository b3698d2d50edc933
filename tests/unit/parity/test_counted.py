"""What the calls themselves show: parts that theirs runs and ours never does."""

import pytest

from scaffold.core.comparison import Comparison, Judgement, PartRow, Verdict
from scaffold.core.diagnosis import Diagnosis
from scaffold.parity.counted import never_called

RIGHT = Judgement(verdict=Verdict.EQUAL)
MISSING = Judgement(verdict=Verdict.MISSING, reason="theirs calls it at least once, ours 0 times")
ONCE = Judgement(verdict=Verdict.MISSING, reason="theirs calls it at least 2 times, ours once")
NOTHING = Diagnosis(ours=40.0, tried=7)


def found(*parts):
    rows = tuple(
        PartRow(part=ours, ours=ours, kind=kind, local=local, interface=RIGHT, end_to_end=RIGHT)
        for ours, kind, local in parts
    )
    return Comparison(reference="r", bundle="b", parts=rows, rungs=()), rows[0]


BLOCK = ("block", "Block", Judgement(verdict=Verdict.DIFFERENT))


@pytest.mark.parametrize(
    ("parts", "rows", "named"),
    [
        ((("block.norm", "LayerNorm", MISSING), ("block.fc", "Linear", MISSING)),
         ("D68", "D70"), "block.norm, block.fc"),
        ((("block.norm", "LayerNorm", MISSING), ("block.fc", "Linear", RIGHT)),
         ("D59", "D70"), "block.norm"),
        ((("block.act", "ReLU", MISSING), ("block.fc", "Linear", RIGHT)),
         ("D50", "D64"), "block.act"),
        ((("block.drop", "Dropout", MISSING), ("block.fc", "Linear", RIGHT)),
         ("D65",), "block.drop"),
        ((("block.mlp", "Mlp", MISSING), ("block.mlp.fc", "Linear", MISSING),
          ("block.fc", "Linear", RIGHT)), ("D59", "D68"), "block.mlp"),
    ],
)  # fmt: skip
def test_what_is_never_called_is_named_with_its_rows(parts, rows, named):
    why = never_called(*found(BLOCK, *parts), NOTHING)

    assert why.fits[0].rows == rows
    assert why.sentences[0] == (
        f"theirs calls {named}, ours never does (block); seen in the calls, not tried; "
        "the runner-up is none of what was tried"
    )


def test_what_is_called_everywhere_leaves_the_diagnosis_as_it_is():
    everything = found(BLOCK, ("block.fc", "Linear", RIGHT), ("other", "Linear", MISSING))

    assert never_called(*everything, NOTHING) is NOTHING


def test_what_ours_calls_less_often_is_not_said_to_be_never_called():
    less = found(BLOCK, ("block.fc", "Linear", ONCE))

    assert never_called(*less, NOTHING) is NOTHING
