"""Goldens find the leaf of ours that they belong to, or it is said why they do not."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from scaffold.golden import Bundle, Entry, Writer
from scaffold.parity.pairing import Pairs, fitted, paired_inputs, paired_outputs


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


def test_ours_may_do_without_an_input_where_all_of_its_own_have_names_of_theirs():
    theirs = [entry("0"), entry("mask", content="b"), entry("places", content="c")]

    pairs = paired_inputs(theirs, {"0": torch.ones(2), "mask": torch.zeros(2)})

    assert {path: golden.leaf for path, golden in pairs.of.items()} == {"0": "0", "mask": "mask"}


def test_ours_may_do_without_an_input_where_each_of_its_own_is_the_only_one_of_its_kind():
    theirs = [entry("0"), entry("2", shape=(2, 1), content="b"), entry("3", (9,), content="c")]
    ours = {"x": torch.ones(2), "mask": torch.zeros(2, 1)}

    pairs = paired_inputs(theirs, ours)
    doubtful = paired_inputs([*theirs, entry("4", content="d")], ours)

    assert {path: golden.leaf for path, golden in pairs.of.items()} == {"x": "0", "mask": "2"}
    assert doubtful.problem.startswith("theirs takes 4 different tensors")


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


def fit(folder, theirs, ours):
    """Give the pair of one golden and one leaf of ours, after it was looked at."""
    writer = Writer()
    writer.add(theirs, role="input", part="", kind="", call=0, order=0, leaf="0", probe="real")
    writer.write(folder / "bundle")
    bundle = Bundle.read(folder / "bundle")
    (golden,) = bundle.entries
    return fitted(bundle, Pairs({"x": golden}), {"x": ours})


@pytest.mark.parametrize(
    ("theirs", "ours", "misfit"),
    [
        (np.zeros(8, np.int64), torch.zeros(2, 8, dtype=torch.int64),
         "theirs takes int64[8] where ours takes int64[2, 8]"),
        (np.array([True, False]), torch.tensor([[0.5, 0.7, 0.1]]),
         "theirs takes bool[2] where ours takes float32[1, 3]"),
        (np.zeros(2, np.float32), torch.tensor([3, 4]),
         "theirs takes float32[2] where ours takes int64[2]"),
        (np.array([0, 1]), torch.tensor([1.0, 0.0]),
         "theirs takes int64[2] where ours takes float32[2]"),
    ],
)  # fmt: skip
def test_a_pair_of_another_kind_or_size_is_doubted(tmp_path, theirs, ours, misfit):
    assert fit(tmp_path, theirs, ours).misfit == misfit


def test_another_layout_or_precision_is_no_misfit(tmp_path):
    pairs = fit(tmp_path, np.zeros((2, 3), np.float32), torch.zeros(3, 2, dtype=torch.float64))

    assert not pairs.misfit
    assert list(pairs.of) == ["x"]


@pytest.mark.parametrize(
    "blocked", [[[False, True], [False, False]], [[True, False], [True, True]]]
)
def test_ours_keeps_a_mask_in_another_form(tmp_path, blocked):
    bias = torch.tensor([[0.0, -math.inf], [0.0, 0.0]])[:, None, None, :]

    assert fit(tmp_path, np.array(blocked), bias) == Pairs({})


def test_a_mask_that_says_something_else_is_no_other_form(tmp_path):
    pairs = fit(tmp_path, np.array([True, False, False]), torch.tensor([0.0, -1.0, 0.0]))

    assert pairs.misfit == "theirs takes bool[3] where ours takes float32[3]"
