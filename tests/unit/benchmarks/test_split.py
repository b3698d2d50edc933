"""What is held out is fixed: the third set, and nothing of the first two."""

import itertools

import pytest

from benchmarks.defects.architectures import OWN, every_pair
from benchmarks.defects.architectures.held_out3 import HELD_OUT_OWN
from benchmarks.defects.operators import DEFECTS
from benchmarks.defects.operators import HELD_OUT as NEW_DEFECTS
from benchmarks.defects.rewrites import HELD_OUT as NEW_REWRITES
from benchmarks.defects.rewrites import REWRITES
from benchmarks.defects.split import READ, Half, Novelty, half, kept_unseen, novelty

NEW = [one.id for one in (*NEW_DEFECTS, *NEW_REWRITES)]
OLD = [one.id for one in (*DEFECTS, *REWRITES)]


def test_old_operators_on_old_architectures_are_for_calibration():
    assert {half(operator, pair.name) for operator in OLD for pair in OWN} == {Half.CALIBRATION}


def test_the_second_set_is_held_out_no_more():
    assert {half("weight.stale", "waves"), half("conv.taps", "graph")} == {Half.CALIBRATION}


def test_whatever_has_a_new_operator_or_a_new_architecture_is_for_no_calibration():
    couples = [
        *itertools.product(NEW, [pair.name for pair in every_pair()]),
        *itertools.product([*OLD, "nothing"], [pair.name for pair in HELD_OUT_OWN]),
    ]

    assert {half(*couple) for couple in couples} == {Half.HELD_OUT, Half.LOOKED_AT}


def test_a_case_is_held_out_when_nothing_new_of_it_was_looked_at():
    seen = {name: kept_unseen(name) for name in NEW}
    assert 0.35 < sum(seen.values()) / len(seen) < 0.65
    assert not any(seen[name] for name in READ)
    for name, unseen in seen.items():
        assert half(name, "vit") is (Half.HELD_OUT if unseen else Half.LOOKED_AT)
        pair = half(name, "conformer") is Half.HELD_OUT
        assert pair == (unseen and kept_unseen("conformer"))


@pytest.mark.parametrize(
    ("operator", "pair", "said"),
    [
        ("norm.rms", "vit", Novelty.NEITHER),
        ("norm.rms", "conformer", Novelty.ARCHITECTURE),
        ("weight.pruned", "vit", Novelty.OPERATOR),
        ("weight.pruned", "conformer", Novelty.BOTH),
        ("nothing", "conformer", Novelty.ARCHITECTURE),
    ],
)
def test_what_is_new_is_said(operator, pair, said):
    assert novelty(operator, pair) is said
