"""Weights convert both ways, every key exactly once, or nothing is written."""

from __future__ import annotations

import pytest
import torch
from hydra.utils import instantiate
from safetensors.torch import load_file, save_file
from scaffold.core.errors import ScaffoldError

from digits_vit.conversion.convert import to_ours, to_theirs

TWIN = "model=vit_twin"


@pytest.fixture
def ours(tmp_path, compose):
    path = tmp_path / "ours.safetensors"
    save_file(instantiate(compose().model).state_dict(), path)
    return path


def test_weights_go_there_and_back_to_the_bit(ours, tmp_path):
    to_theirs(ours, tmp_path / "theirs.safetensors", TWIN)
    to_ours(tmp_path / "theirs.safetensors", tmp_path / "again.safetensors", TWIN)

    before, after = load_file(ours), load_file(tmp_path / "again.safetensors")
    assert before.keys() == after.keys()
    assert all(torch.equal(value, after[name]) for name, value in before.items())


def test_a_key_that_is_missing_left_over_or_of_another_shape_is_refused(ours, tmp_path):
    to_theirs(ours, tmp_path / "theirs.safetensors", TWIN)
    theirs = load_file(tmp_path / "theirs.safetensors")
    name = next(iter(theirs))
    spoiled = {
        "is missing|is made by no rule": {
            key: value for key, value in theirs.items() if key != name
        },
        "is used by no rule": {**theirs, "another": torch.zeros(1)},
        "gets the shape|equal parts|invalid for input": {**theirs, name: torch.zeros(3, 5, 7)},
    }
    for said, state in spoiled.items():
        save_file(state, tmp_path / "spoiled.safetensors")

        with pytest.raises(ScaffoldError, match=said):
            to_ours(tmp_path / "spoiled.safetensors", tmp_path / "made.safetensors", TWIN)
    assert not (tmp_path / "made.safetensors").exists()


def test_weights_of_another_size_are_refused(ours, tmp_path):
    to_theirs(ours, tmp_path / "theirs.safetensors", TWIN)

    with pytest.raises(ScaffoldError):
        to_ours(tmp_path / "theirs.safetensors", tmp_path / "made.safetensors")
    assert not (tmp_path / "made.safetensors").exists()
