"""What is held out is fixed, and a reserve stays unseen."""

import itertools

import pytest

from benchmarks.defects import split
from benchmarks.defects.architectures import OWN, every_pair
from benchmarks.defects.architectures.held_out import HELD_OUT_OWN
from benchmarks.defects.operators import DEFECTS
from benchmarks.defects.operators import HELD_OUT as NEW_DEFECTS
from benchmarks.defects.rewrites import HELD_OUT as NEW_REWRITES
from benchmarks.defects.rewrites import REWRITES
from benchmarks.defects.seen import SEEN
from benchmarks.defects.split import Half, Novelty, half, novelty

NEW = [one.id for one in (*NEW_DEFECTS, *NEW_REWRITES)]
OLD = [one.id for one in (*DEFECTS, *REWRITES)]


def test_old_operators_on_old_architectures_are_for_calibration():
    assert {half(operator, pair.name) for operator in OLD for pair in OWN} == {Half.CALIBRATION}


def test_whatever_has_a_new_operator_or_a_new_architecture_is_held_out():
    couples = [
        *itertools.product(NEW, [pair.name for pair in every_pair()]),
        *itertools.product([*OLD, "nothing"], [pair.name for pair in HELD_OUT_OWN]),
    ]

    assert Half.CALIBRATION not in {half(*couple) for couple in couples}


def test_no_architecture_and_no_operator_of_the_scored_half_is_new_in_the_reserve():
    shown = {name for name in NEW if half(name, "vit") is Half.SCORED}
    seen = {pair.name for pair in HELD_OUT_OWN if half("nothing", pair.name) is Half.SCORED}
    couples = itertools.product([*NEW, *OLD], [pair.name for pair in every_pair()])

    for operator, pair in couples:
        if half(operator, pair) is Half.RESERVE:
            unseen_operator = operator in NEW and operator not in shown
            unseen_pair = novelty("nothing", pair) is Novelty.ARCHITECTURE and pair not in seen
            assert unseen_operator or unseen_pair


def test_the_two_halves_are_of_like_size():
    kept = [half(name, "vit") is Half.RESERVE for name in NEW]

    assert 0.4 < sum(kept) / len(kept) < 0.6


@pytest.mark.parametrize(
    ("operator", "pair", "said"),
    [
        ("norm.rms", "vit", Novelty.NEITHER),
        ("norm.rms", "waves", Novelty.ARCHITECTURE),
        ("weight.stale", "vit", Novelty.OPERATOR),
        ("weight.stale", "waves", Novelty.BOTH),
        ("nothing", "waves", Novelty.ARCHITECTURE),
    ],
)
def test_what_is_new_is_said(operator, pair, said):
    assert novelty(operator, pair) is said


def test_the_split_is_what_it_was_when_the_first_figure_was_made(monkeypatch):
    assert [half(name, "vit") for name in ("weight.stale", "norm.eps-floor", "conv.taps")] == [
        Half.SCORED,
        Half.RESERVE,
        Half.SCORED,
    ]

    monkeypatch.setattr(split, "SEED", "another")
    assert {half(name, "vit") for name in NEW} == {Half.SCORED, Half.RESERVE}


def test_nothing_of_the_reserve_was_looked_at():
    couples = [name.split("/")[:2] for name in SEEN]

    assert couples
    assert Half.RESERVE not in {half(operator, pair) for pair, operator in couples}
