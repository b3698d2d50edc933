"""Counting is right, and a run goes on where it was."""

import json

from benchmarks.defects.causes import ALSO, cause_is_right
from benchmarks.defects.operators import EVERY
from benchmarks.defects.results import Results, stamp
from benchmarks.defects.score import Share, Spread, found_at, scores
from scaffold.parity.causes.registry import hypotheses


def test_the_interval_is_wilsons():
    low, high = Share(19, 20).interval

    assert (round(low, 4), round(high, 4)) == (0.7639, 0.9911)


def test_a_share_of_nothing_says_so():
    assert str(Share(0, 0)) == "-"


def test_a_share_is_shown_with_its_interval():
    assert str(Share(19, 20)) == "95.0 % (76.4-99.1)"


def test_a_spread_is_the_median_between_two_hundredths():
    spread = Spread.of(float(value) for value in range(100, -1, -1))

    assert (spread.low, spread.middle, spread.high) == (5.0, 50.0, 95.0)
    assert spread.said(1) == "50.0 (5.0-95.0)"
    assert Spread.of([]).said(0) == "0 (0-0)"


def row(**changes):
    return {
        "id": "a",
        "operator": "norm.eps-1e-3",
        "method": "m",
        "kind": "defect",
        "differs": True,
        "places": ["x", "y"],
        "truth": ["y"],
        "cause": "",
        "cause_rows": [],
        "rows": ["D47"],
        "refused": "",
        "seconds": 1.0,
        "megabytes": 2.0,
    } | changes


def test_the_first_place_is_exact_and_the_first_three_are_the_top():
    assert not found_at(row(), 1)
    assert found_at(row(), 3)


def test_a_cause_is_right_when_it_shares_a_row_with_the_defect():
    assert cause_is_right(row(cause_rows=["D47", "D48"]))
    assert not cause_is_right(row(cause_rows=["D49"]))


def test_a_cause_is_right_when_it_says_the_same_in_other_words():
    assert cause_is_right(row(operator="weight.rolled", cause_rows=["rolled", "D62"]))
    assert not cause_is_right(row(operator="weight.flipped", cause_rows=["rolled", "D62"]))


def test_what_is_said_otherwise_is_said_of_operators_and_by_hypotheses_that_exist():
    assert ALSO.keys() <= {defect.id for defect in EVERY}
    assert {name for names in ALSO.values() for name in names} <= {h.name for h in hypotheses()}


def test_a_refusal_is_no_detection_and_an_alarm_is_counted_among_the_harmless():
    (score,) = scores(
        [
            row(places=["y"], cause="eps", cause_rows=["D47"]),
            row(differs=False, refused="cannot"),
            row(kind="rewrite"),
            row(kind="nothing", differs=False),
        ]
    )

    assert (score.detected.hits, score.detected.of) == (1, 2)
    assert (score.exact.hits, score.cause_right.hits, score.cause_wrong.hits) == (1, 1, 0)
    assert (score.false_alarms.hits, score.false_alarms.of) == (1, 2)
    assert score.refused.hits == 1


def test_a_run_goes_on_where_it_was_stopped(tmp_path):
    path = tmp_path / "results.jsonl"
    Results(path).add({"id": "a", "method": "allclose 1e-3"})

    assert Results(path).has("a", "allclose 1e-3")
    assert not Results(path).has("b", "allclose 1e-3")


def test_results_of_other_code_are_not_taken_up(tmp_path):
    path = tmp_path / "results.jsonl"
    path.write_text(json.dumps({"id": "a", "method": "scaffold", "stamp": "old"}) + "\n")

    assert not Results(path).has("a", "scaffold")
    assert stamp("scaffold") != stamp("allclose 1e-3")
