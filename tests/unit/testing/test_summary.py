from scaffold.core.comparison import Rung
from scaffold.testing.item import ParityItem
from scaffold.testing.summary import Mark, lines
from scaffold.testing.summary import mark as mark_of


def mark(rung, name, order, first="", silence=""):
    return Mark(rung=rung, name=name, order=order, first=first, silence=silence)


def test_agreement_is_counted_rung_by_rung_in_the_order_of_the_ladder():
    marks = [mark("loss", "a", 0), mark("forward", "b", 0), mark("loss", "c", 1)]

    assert list(lines(marks)) == [
        "parity: 3 of 3 items agree",
        "  forward    1 of 1",
        "  loss       2 of 2",
    ]


def test_a_rung_of_which_nothing_was_recorded_is_said_and_not_counted():
    marks = [mark("loss", "a", 0), mark("ema", "not-recorded", 0, silence="not offered: no `ema`")]

    assert list(lines(marks)) == [
        "parity: 1 of 1 items agree",
        "  loss       1 of 1",
        "  ema        not offered: no `ema`",
    ]


def test_the_first_divergence_is_the_earliest_of_the_lowest_rung():
    marks = [
        mark("loss", "a", 0, "first divergence: a"),
        mark("forward", "late", 7, "first divergence: late"),
        mark("forward", "early", 2, "first divergence: early\n  do x"),
    ]

    assert list(lines(marks)) == [
        "first divergence: early",
        "  do x",
        "",
        "parity: 0 of 3 items agree",
        "  forward    0 of 2",
        "  loss       0 of 1",
    ]


def test_a_failure_without_a_known_first_divergence_speaks_for_itself():
    missing = ParityItem(rung=Rung.INIT, name="no-goldens", order=0, ladder=None, trouble="none")

    assert mark_of(missing, ValueError("no goldens"))["first"] == "first failure: no goldens"


def test_a_test_that_passed_has_no_first_divergence(drawn):
    ladder = drawn.DrawnLadder(drawn.comparison())
    item = ParityItem(rung=Rung.LOSS, name="total value", order=3, ladder=ladder)

    assert mark_of(item, None) == mark("loss", "total value", 3)
