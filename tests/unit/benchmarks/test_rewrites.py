"""Rewrites change nothing but the last bits."""

import zlib

import pytest

from benchmarks.defects.architectures import OWN
from benchmarks.defects.case import HARMLESS, effect, rewrites_of
from benchmarks.defects.rewrites import REWRITES

PAIRS = [pair for pair in OWN if pair.name in {"convnet", "vit", "gru"}]


def test_there_are_at_least_twenty_five_of_different_names():
    assert len({rewrite.id for rewrite in REWRITES}) == len(REWRITES) >= 25


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_rewrites_are_within_the_rounding_of_float64(pair):
    cases = [case for case in rewrites_of(pair) if zlib.crc32(case.id.encode()) % 4 == 0]

    assert cases
    for case in cases:
        assert effect(case)[0] <= HARMLESS, case.id


def test_a_split_projection_has_its_rows_in_the_map():
    pair = next(pair for pair in OWN if pair.name == "swin")
    case = next(case for case in rewrites_of(pair) if case.operator == "qkv.split")

    assert effect(case)[0] <= HARMLESS
    assert any(len(row.ours) == 3 for row in case.links.rows)


def test_a_fused_projection_takes_its_parts_out_of_the_map():
    pair = next(pair for pair in OWN if pair.name == "vit")
    case = next(case for case in rewrites_of(pair) if case.operator == "qkv.fused")

    assert effect(case)[0] <= HARMLESS
    assert not [row for row in case.links.rows if any("heads.key" in key for key in row.ours)]


def test_a_folded_norm_is_excused_since_it_is_called_no_more():
    pair = next(pair for pair in OWN if pair.name == "convnet")
    case = next(case for case in rewrites_of(pair) if case.operator == "batchnorm.folded")

    assert case.links.excused["features.1"] == "computed inside the part around it"
    assert effect(case)[0] <= HARMLESS
