"""Which part the hypotheses are tried on."""

from scaffold.core.comparison import (
    Comparison,
    Divergence,
    Judgement,
    PartRow,
    Rung,
    Verdict,
)
from scaffold.parity.explain import _suspect, explained

RIGHT = Judgement(verdict=Verdict.EQUAL)
WRONG = Judgement(verdict=Verdict.DIFFERENT, ratio=100.0)


def row(ours, local):
    return PartRow(
        part=ours, ours=ours, kind="Part", local=local, interface=RIGHT, end_to_end=RIGHT
    )


def comparison(place, **parts):
    rows = tuple(row(name.replace("_", "."), local) for name, local in parts.items())
    first = Divergence(rung=Rung.FORWARD, place=place, because="", remedy="")
    return Comparison(
        reference="r", bundle="b", parts=(row("", WRONG), *rows), rungs=(), first=first
    )


def suspect(found):
    return _suspect(found, found.first).ours


def test_a_part_that_is_wrong_is_the_suspect_itself():
    assert suspect(comparison("block.norm", block=WRONG, block_norm=WRONG)) == "block.norm"


def test_for_glue_it_is_the_innermost_wrong_part_around():
    found = comparison("glue before block.out", block=WRONG, block_out=RIGHT, other=WRONG)

    assert suspect(found) == "block"


def test_for_glue_between_right_parts_it_is_the_whole_model():
    assert suspect(comparison("glue before head", head=RIGHT)) == ""


def test_what_agrees_is_left_as_it_is():
    agreed = Comparison(reference="r", bundle="b", parts=(), rungs=())

    assert explained(agreed, None, None, None) is agreed
