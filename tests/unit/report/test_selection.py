from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.report import jsonform
from scaffold.report.selection import only


def names(comparison):
    return [row.ours for row in comparison.parts], [row.item for row in comparison.rungs]


def test_no_name_keeps_everything(diverging):
    assert only(diverging, []) is diverging


def test_a_name_keeps_the_part_and_what_lies_in_it(diverging):
    kept = only(diverging, ["blocks.0"])

    assert names(kept) == (["blocks.0.norm1", "blocks.0.attention", "blocks.0"], [])


def test_their_name_finds_the_same_part(diverging):
    assert names(only(diverging, ["encoder.layers.0.norm1"])) == (["blocks.0.norm1"], [])


def test_a_part_brings_the_items_that_belong_to_it(agreeing):
    assert names(only(agreeing, ["head"])) == (["head"], ["head.weight"])


def test_an_item_is_found_by_its_name(agreeing):
    assert names(only(agreeing, ["z_loss/times-20"])) == ([], ["z_loss/times-20"])


def test_the_whole_model_is_found_by_the_name_that_is_shown(agreeing):
    assert names(only(agreeing, ["the model"])) == ([""], [])


def test_the_first_divergence_stays_and_foreign_gaps_go(diverging):
    kept = only(diverging, ["embedding"])

    assert kept.first == diverging.first
    assert names(kept)[0] == ["embedding.patch"]
    assert kept.unmatched == ()


def test_an_unknown_name_is_refused_with_near_ones(agreeing):
    with pytest.raises(ScaffoldError) as refused:
        only(agreeing, ["blocks.0.norm"])

    assert refused.value.what == "no part or item is called 'blocks.0.norm'"
    assert refused.value.remedy.startswith("did you mean blocks.0.norm1")


def test_an_unknown_name_near_to_nothing_says_how_to_see_all(agreeing):
    with pytest.raises(ScaffoldError, match="leave it out to see every name"):
        only(agreeing, ["zzzz"])


def test_the_looks_at_other_parts_go():
    planted = Path(__file__).parents[2] / "browser" / "planted.json"
    comparison = replace(jsonform.loads(planted.read_text(encoding="utf-8")), rungs=())

    kept = only(comparison, ["encoder.blocks.0.attention_norm"]).differences

    assert len(comparison.differences) > 1
    assert {one.ours for one in kept} == {"encoder.blocks.0.attention_norm"}
    assert only(comparison, ["the model"]).differences == ()
