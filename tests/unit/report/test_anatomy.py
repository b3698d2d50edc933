import pytest

from scaffold.core.comparison import Divergence, Judgement, PartRow, Rung, RungRow, Verdict
from scaffold.report.anatomy import Anatomy, how_far, of_first, of_item, of_part

BETTER = "read it beside the reference, then: scaffold compare --rung"


def item(judgement, rung=Rung.LOSS, name="z_loss/times-20", part=""):
    return RungRow(rung=rung, item=name, judgement=judgement, part=part)


def test_the_first_divergence_is_told_in_one_fixed_order(diverging):
    assert str(of_first(diverging)) == (
        "first divergence: blocks.0.norm1\n"
        "  where    rung forward; LayerNorm encoder.layers.0.norm1 of the reference,"
        " blocks.0.norm1 of ours\n"
        "  how far  q 10.2, where 1 is one rounding of ours;"
        " worst at (0, 3, 7): theirs 0.52, ours 0.61\n"
        "  since    seen on probe low-variance; everything before it in dataflow order agrees\n"
        "  cause    q is 10.23 given the reference's own input, and that input is right\n"
        "  do       compare eps, affine and the variance of LayerNorm with the reference"
    )


def test_agreement_has_no_first_divergence(agreeing):
    assert of_first(agreeing) is None


def test_glue_is_told_by_the_interface_of_the_part_after_it(diverging):
    first = Divergence(
        rung=Rung.FORWARD, place="glue before head", because="pooled twice", remedy="pool once"
    )
    comparison = type(diverging)(
        reference="r", bundle="b", parts=diverging.parts, rungs=(), first=first
    )

    told = of_first(comparison)

    assert told.what == "first divergence: glue before head"
    assert told.where == "rung forward; Linear head of the reference, head of ours"
    assert told.how_far.startswith("q 10.2")


def test_a_first_divergence_on_another_rung_is_measured_on_its_item(diverging):
    first = Divergence(rung=Rung.GRADIENT, place="head.bias", because="NaN", remedy="mend it")
    comparison = type(diverging)(
        reference="r", bundle="b", parts=(), rungs=diverging.rungs, first=first
    )

    told = of_first(comparison)

    assert told.where == "rung gradient"
    assert told.how_far == "q nan, where 1 is one rounding of ours"


def test_a_part_after_the_first_divergence_points_back(diverging):
    told = of_part(
        diverging.parts[1],
        Divergence(rung=Rung.FORWARD, place="patch", because="kernel", remedy="mend the kernel"),
    )

    assert str(told) == (
        "blocks.0.norm1 differs from the reference (q 10.2)\n"
        "  where    rung forward; LayerNorm encoder.layers.0.norm1 of the reference,"
        " blocks.0.norm1 of ours\n"
        "  how far  q 10.2, where 1 is one rounding of ours;"
        " worst at (0, 3, 7): theirs 0.52, ours 0.61\n"
        "  since    seen on probe low-variance; the first divergence is patch\n"
        "  cause    the part itself or one inside it: it was given the reference's own input,"
        " which also reaches it in a live run\n"
        "  do       mend patch first; this may follow from it"
    )


def test_the_part_that_is_first_carries_the_measured_cause(diverging):
    told = of_part(diverging.parts[1], diverging.first)

    assert told.cause == diverging.first.because
    assert told.remedy == diverging.first.remedy
    assert told.since.endswith("everything before it in dataflow order agrees")


@pytest.mark.parametrize(
    ("judgement", "what", "remedy"),
    [
        (
            Judgement(verdict=Verdict.DIFFERENT),
            "z_loss/times-20 differs from the reference",
            f"{BETTER} loss",
        ),
        (
            Judgement(verdict=Verdict.SHAPE),
            "z_loss/times-20 has another shape or dtype than the reference",
            f"{BETTER} loss",
        ),
        (
            Judgement(verdict=Verdict.MISSING),
            "z_loss/times-20 is missing: the reference has it, ours has nothing mapped to it",
            "write the part and map it in weights.map.toml, then: scaffold compare z_loss/times-20",
        ),
        (
            Judgement(verdict=Verdict.NOT_COMPARABLE, reason="no float64"),
            "z_loss/times-20 could not be judged",
            "record goldens that can judge it: scaffold record",
        ),
        (
            Judgement(verdict=Verdict.WEAK),
            "z_loss/times-20 agrees on a golden that could not have shown a difference",
            "record goldens that can judge it: scaffold record",
        ),
        (
            Judgement(verdict=Verdict.ROUNDING, ratio=1.0),
            "z_loss/times-20 agrees (rounding)",
            f"{BETTER} loss",
        ),
    ],
)
def test_each_verdict_has_its_sentence_and_its_remedy(judgement, what, remedy):
    told = of_item(item(judgement))

    assert (told.what, told.remedy) == (what, remedy)


def test_an_item_names_its_part_and_the_reason_that_was_measured():
    told = of_item(
        item(Judgement(verdict=Verdict.DIFFERENT, reason="lr differs"), Rung.OPTIMIZER, "p", "head")
    )

    assert told.where == "rung optimizer, part head"
    assert told.cause == "lr differs"


def test_an_item_that_is_first_carries_the_measured_cause():
    first = Divergence(rung=Rung.LOSS, place="z_loss/times-20", because="sum", remedy="take mean")

    told = of_item(item(Judgement(verdict=Verdict.DIFFERENT, probe="times-20")), first)

    assert (told.cause, told.remedy, told.since) == ("sum", "take mean", "seen on probe times-20")


def test_what_was_not_measured_is_said_to_be_so():
    assert how_far(Judgement(verdict=Verdict.MISSING)) == "not measured"


def test_a_part_that_reaches_no_right_input_is_still_judged_on_the_recorded_one():
    different = Judgement(verdict=Verdict.DIFFERENT, ratio=9.0)
    row = PartRow(
        part="a", ours="b", kind="C", local=different, interface=different, end_to_end=different
    )

    assert of_part(row).cause == (
        "the part itself or one inside it: it was given the reference's own input"
    )


def test_a_heading_without_text_is_left_out():
    told = Anatomy(what="w", where="x", how_far="", since="", cause="", remedy="y")

    assert str(told) == "w\n  where    x\n  do       y"
