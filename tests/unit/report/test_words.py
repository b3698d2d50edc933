import math

import pytest

from scaffold.core.comparison import Comparison, Judgement, PartRow, Rung, Verdict
from scaffold.report import words


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [
        (None, ""),
        (0.0, "q 0.00"),
        (1.016, "q 1.02"),
        (10.23, "q 10.2"),
        (123456.0, "q 1.2e+05"),
        (math.inf, "q inf"),
        (math.nan, "q nan"),
    ],
)
def test_a_ratio_keeps_digits_that_the_eye_can_compare(ratio, shown):
    assert words.ratio_text(ratio) == shown


def test_an_equal_item_shows_no_ratio():
    assert words.judgement_text(Judgement(verdict=Verdict.EQUAL, ratio=0.0)) == "equal"


def test_nan_is_worse_than_any_number():
    nan = Judgement(verdict=Verdict.DIFFERENT, ratio=math.nan)

    assert words.badness(nan) > words.badness(Judgement(verdict=Verdict.DIFFERENT, ratio=1e30))


def test_a_worse_word_outweighs_a_larger_ratio():
    missing = Judgement(verdict=Verdict.MISSING)

    assert words.badness(missing) > words.badness(Judgement(verdict=Verdict.DIFFERENT, ratio=9.0))


def test_each_compared_rung_gives_one_line_in_the_order_of_the_ladder(diverging):
    lines = words.rung_lines(diverging)

    assert [line.rung for line in lines] == [
        Rung.STRUCTURE,
        Rung.FORWARD,
        Rung.LOSS,
        Rung.GRADIENT,
    ]
    assert (lines[1].agreeing, lines[1].total, lines[1].worst) == (5, 6, "blocks.0.norm1")


def test_rungs_of_which_nothing_is_said_are_named(agreeing):
    said = {Rung.STRUCTURE, Rung.FORWARD, Rung.LOSS, Rung.GRADIENT}

    assert words.not_compared(agreeing) == tuple(rung for rung in Rung if rung not in said)


def test_coverage_counts_a_part_without_a_row(diverging):
    assert words.coverage_text(diverging) == "coverage: 6 of 7 parts of the reference are compared"


def test_coverage_counts_a_missing_part_once():
    missing = Judgement(verdict=Verdict.MISSING)
    row = PartRow(
        part="norm",
        ours="",
        kind="LayerNorm",
        local=missing,
        interface=missing,
        end_to_end=missing,
    )
    comparison = Comparison(
        reference="r", bundle="b", parts=(row,), rungs=(), unmatched=("norm: not mapped",)
    )

    assert words.coverage_text(comparison) == "coverage: 0 of 1 parts of the reference are compared"
    assert words.ours_name(row) == "(not mapped)"


def test_the_headline_of_agreement_counts_items_and_rungs(agreeing):
    assert words.headline(agreeing) == "agrees: all 9 items of 4 rungs"


def test_the_headline_of_divergence_names_the_rungs(diverging):
    assert words.headline(diverging) == "diverges: 2 of 9 items, in forward and gradient"


def test_an_unmatched_part_alone_is_no_agreement(agreeing):
    comparison = Comparison(
        reference="r",
        bundle="b",
        parts=agreeing.parts,
        rungs=agreeing.rungs,
        unmatched=("norm: not mapped",),
    )

    assert words.headline(comparison) == "agrees on 9 items, but 1 parts are not matched"


def test_an_empty_comparison_says_so():
    empty = Comparison(reference="r", bundle="b", parts=(), rungs=())

    assert words.headline(empty) == "nothing was compared"
    assert words.coverage_text(empty) == ""


def test_what_the_comparison_says_of_its_coverage_is_taken_over():
    note = "6 of 9 parts of the reference are compared"
    plain = Comparison(reference="r", bundle="b", parts=(), rungs=(), notes=("x", note))
    excused = Comparison(
        reference="r", bundle="b", parts=(), rungs=(), notes=(note, "excused: drop: off")
    )

    assert words.coverage_text(plain) == f"coverage: {note}"
    assert words.coverage_text(excused) == f"coverage: {note}, 1 are excused"


@pytest.mark.parametrize("text", ["norm: why", "norm (LayerNorm): why", "norm (LayerNorm)"])
def test_an_unmatched_text_names_its_part(text):
    assert words.named_in(text) == "norm"


def test_what_is_said_of_every_layer_is_said_once():
    notes = [
        "excused: layers.0.drop (Dropout): off",
        "excused: layers.11.drop (Dropout): off",
        "excused: head.out (Linear): unused, p = 0.5",
        "2 of 9 parts of the reference are compared",
    ]

    assert words.folded(notes) == (
        "excused: layers.{i}.drop (Dropout): off (2 times)",
        "excused: head.out (Linear): unused, p = 0.5",
    )


def drifting(part, reaches, ends, local=1.0):
    def judged(ratio):
        verdict = Verdict.ROUNDING if ratio <= 8 else Verdict.DIFFERENT
        return Judgement(verdict=verdict, ratio=ratio)

    return PartRow(
        part=part,
        ours=part,
        kind="Part",
        local=judged(local),
        interface=judged(reaches),
        end_to_end=judged(ends),
    )


def drift_of(*rows):
    return words.drift(Comparison(reference="r", bundle="b", parts=rows, rungs=()))


def test_a_right_part_that_enlarges_rounding_beyond_the_limit_is_named():
    rows = drifting("", 0, 40), drifting("a", 0, 2), drifting("b", 2, 30), drifting("c", 30, 40)

    assert drift_of(*rows) == (
        "drift: end to end differs though every part before is right alone; "
        "amplified x 15 by b (q 2.00 in, q 30.0 out)"
    )


def test_nothing_drifts_where_all_agree_or_the_part_itself_is_wrong():
    assert drift_of(drifting("a", 1, 7.9)) == ""
    assert drift_of(drifting("a", 1, 90, local=90)) == ""


def test_the_ratio_that_reaches_a_part_counts_as_one_rounding_at_least():
    assert drifting("a", 0.01, 5).gain == 5.0
    assert drifting("a", 1, math.inf).gain is None
