"""Weights go to ours and back, every key exactly once; anything else is an error with its key."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from scaffold.core.errors import ScaffoldError
from scaffold.parity.mapfile import parse
from scaffold.parity.weightmap import WeightMap

FUSED = """
schema = 1
[[part]]
theirs = "layers.{i}.attn"
ours = "blocks.{i}.attention"
[[excused]]
theirs = "layers.{i}.drop"
reason = "p = 0"
[[dropped]]
theirs = "steps"
reason = "a counter"
[[weight]]
theirs = "layers.{i}.attn.qkv"
ours = ["blocks.{i}.attention.q", "blocks.{i}.attention.k", "blocks.{i}.attention.v"]
transform = [{ op = "transpose", axes = [1, 0] }, { op = "split", axis = 1 }]
[[weight]]
theirs = "head"
ours = "out"
"""


def mapped(text=FUSED):
    return WeightMap(Path("weights.map.toml"), parse(text, where="weights.map.toml"))


@pytest.fixture
def theirs():
    names = [f"layers.{i}.attn.qkv" for i in range(2)]
    return {name: torch.rand(6, 4) for name in names} | {
        "head": torch.rand(3),
        "steps": torch.tensor(1),
    }


def test_there_and_back_is_the_identity(theirs):
    weights = mapped()

    ours = weights.to_ours(theirs)
    back = weights.to_theirs(ours)

    assert ours["blocks.1.attention.k"].tolist() == theirs["layers.1.attn.qkv"][2:4].T.tolist()
    assert set(back) == set(theirs) - {"steps"}
    assert all(torch.equal(back[name], theirs[name]) for name in back)


def test_ours_owns_what_it_gets(theirs):
    ours = mapped().to_ours(theirs)
    ours["out"] += 1

    assert not torch.equal(ours["out"], theirs["head"])


def test_gradients_are_carried_and_may_be_missing(theirs):
    carried = mapped().gradients_to_ours({"layers.0.attn.qkv": theirs["layers.0.attn.qkv"]})

    assert set(carried) == {f"blocks.0.attention.{name}" for name in "qkv"}


def test_names_and_parts_are_found_both_ways():
    weights = mapped()

    assert weights.names_to_ours("layers.7.attn.qkv")[2] == "blocks.7.attention.v"
    assert weights.names_to_theirs("blocks.7.attention.v") == ("layers.7.attn.qkv",)
    assert weights.names_to_ours("nothing") == weights.names_to_theirs("nothing") == ()
    assert weights.part_to_ours("layers.3.attn") == "blocks.3.attention"
    assert weights.part_to_theirs("blocks.3.attention") == "layers.3.attn"
    assert weights.part_to_ours("") == ""
    assert weights.part_to_ours("layers.3") is None
    assert weights.excuse_of(theirs="layers.3.drop") == "p = 0"
    assert weights.excuse_of(ours="layers.3.drop") is None


def test_the_rules_are_filled_in_for_the_keys_there_are(theirs):
    assert [str(rule) for rule in mapped().resolved(theirs)][::2] == [
        "layers.0.attn.qkv -> blocks.0.attention.q + blocks.0.attention.k + blocks.0.attention.v",
        "head -> out",
    ]


def refused(call):
    with pytest.raises(ScaffoldError) as raised:
        call()
    assert raised.value.where == "weights.map.toml"
    return raised.value.what


def test_a_key_that_no_rule_uses_is_named(theirs):
    theirs["extra"] = torch.zeros(1)

    assert refused(lambda: mapped().to_ours(theirs)) == "`extra` of theirs is used by no rule"


def test_a_key_that_two_rules_use_is_named(theirs):
    again = mapped(FUSED + '[[weight]]\ntheirs = "head"\nours = "other"\n')

    assert refused(lambda: again.to_ours(theirs)) == (
        "`head` is used by two rules (head -> out; head -> other)"
    )


def test_a_key_that_two_rules_make_is_named(theirs):
    again = mapped(FUSED + '[[weight]]\ntheirs = "tail"\nours = "out"\n')

    assert refused(lambda: again.to_ours(theirs | {"tail": torch.zeros(1)})) == (
        "`out` is made by two rules; the second is tail -> out"
    )


def test_a_key_that_is_missing_is_named(theirs):
    ours = mapped().to_ours(theirs)
    del ours["blocks.0.attention.k"]

    assert refused(lambda: mapped().to_theirs(ours)).startswith(
        "`blocks.0.attention.k` is missing, and the rule layers.0.attn.qkv -> "
    )


def test_a_shape_that_does_not_fit_ours_is_named(theirs):
    weights = mapped()
    like = weights.to_ours(theirs)
    like["out"] = torch.zeros(4)

    assert refused(lambda: weights.to_ours(theirs, like=like)) == (
        "`out` gets the shape (3,), and ours has (4,)"
    )


def test_a_key_of_ours_that_nothing_makes_is_named(theirs):
    weights = mapped()
    like = weights.to_ours(theirs) | {"more": torch.zeros(1)}

    assert refused(lambda: weights.to_ours(theirs, like=like)) == (
        "`more` of ours is made by no rule"
    )


def test_a_key_that_ours_does_not_have_is_named(theirs):
    weights = mapped()
    like = weights.to_ours(theirs)
    del like["out"]

    assert refused(lambda: weights.to_ours(theirs, like=like)) == (
        "`out` is made by the map, and ours has no such key"
    )


def test_an_operator_that_fails_is_named_with_its_rule(theirs):
    theirs["layers.0.attn.qkv"] = torch.zeros(7, 4)

    assert refused(lambda: mapped().to_ours(theirs)).endswith(
        "axis 1 of length 7 has no 3 equal parts (shapes [(7, 4)])"
    )
