"""Goldens find the leaf of ours that they belong to, or it is said why they do not."""

from __future__ import annotations

import torch

from scaffold.golden import Entry
from scaffold.parity.pairing import paired_inputs, paired_outputs


def entry(leaf, shape=(2,), content="a"):
    return Entry(
        id=leaf, role="input", part="", kind="", call=0, order=0, leaf=leaf, probe="",
        dtype="float32", shape=shape, hash=content,
    )  # fmt: skip


def test_query_key_and_value_are_one_input_of_ours():
    pairs = paired_inputs([entry("0"), entry("1"), entry("2")], {"x": torch.ones(2), "mask": None})

    assert {path: golden.leaf for path, golden in pairs.of.items()} == {"x": "0"}


def test_two_inputs_stay_in_order():
    theirs = [entry("0"), entry("1", content="b")]

    pairs = paired_inputs(theirs, {"q": torch.ones(2), "kv": torch.zeros(2)})

    assert [golden.leaf for golden in pairs.of.values()] == ["0", "1"]


def test_inputs_that_do_not_add_up_are_named():
    theirs = [entry("0"), entry("mask", content="b")]

    assert paired_inputs(theirs, {"x": torch.ones(2)}).problem == (
        "theirs takes 2 different tensors (0, mask), ours 1 (x)"
    )


def test_the_tensor_of_a_pair_is_found_in_a_bare_output():
    pairs = paired_outputs([entry("0")], {"": torch.ones(2)})

    assert pairs.of[""].leaf == "0"


def test_ours_may_give_more_and_the_same_path_goes_first():
    ours = {"weights": torch.ones(3), "out": torch.ones(2), "other": torch.ones(2)}

    pairs = paired_outputs([entry("other"), entry("1", (3,))], ours)

    assert {path: golden.leaf for path, golden in pairs.of.items()} == {
        "other": "other",
        "weights": "1",
    }


def test_an_output_that_ours_does_not_give_is_named():
    pairs = paired_outputs([entry("0"), entry("1")], {"": torch.ones(2)})

    assert pairs.problem == "theirs gives '1', and ours gives only ''"
