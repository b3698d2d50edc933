"""Weights convert both ways, every key exactly once, or nothing is written."""

from __future__ import annotations

import pytest
import torch
from hydra.utils import instantiate
from safetensors.torch import load_file, save_file
from scaffold.core.errors import ScaffoldError
from scaffold.parity.checkpoint import write_weights

from digits_vit.conversion.convert import to_ours, to_theirs
from digits_vit.training.run import ROOT

TWIN = f"model={next((ROOT / 'configs' / 'model').glob('*twin.yaml')).stem}"


@pytest.fixture
def ours(tmp_path, compose):
    path = tmp_path / "ours.safetensors"
    write_weights(instantiate(compose().model).state_dict(), path)
    return path


@pytest.mark.parametrize("theirs", ["theirs.safetensors", "theirs.pt"])
def test_weights_go_there_and_back_to_the_bit(ours, tmp_path, theirs):
    to_theirs(ours, tmp_path / theirs, TWIN)
    to_ours(tmp_path / theirs, tmp_path / "again.safetensors", TWIN)

    before, after = load_file(ours), load_file(tmp_path / "again.safetensors")
    assert before.keys() == after.keys()
    assert all(torch.equal(value, after[name]) for name, value in before.items())


def alone(value, state):
    """Whether a matrix is in no other entry: of tied weights one may be missing."""
    return value.ndim > 1 and sum(torch.equal(value, other) for other in state.values()) == 1


def test_a_key_that_is_missing_left_over_or_of_another_shape_is_refused(ours, tmp_path):
    to_theirs(ours, tmp_path / "theirs.safetensors", TWIN)
    theirs = load_file(tmp_path / "theirs.safetensors")
    name = next(key for key, value in theirs.items() if alone(value, theirs))
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
    theirs = load_file(tmp_path / "theirs.safetensors")
    twice = {key: torch.cat([value] * 2) if value.ndim else value for key, value in theirs.items()}
    save_file(twice, tmp_path / "twice.safetensors")

    with pytest.raises(ScaffoldError):
        to_ours(tmp_path / "twice.safetensors", tmp_path / "made.safetensors", TWIN)
    assert not (tmp_path / "made.safetensors").exists()


class Runs:
    """What a hostile file holds beside tensors."""

    def __reduce__(self):
        return (open, ("ran", "w"))


def test_a_file_that_would_run_code_is_refused(ours, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({**load_file(ours), "more": Runs()}, tmp_path / "theirs.pt")

    with pytest.raises(ScaffoldError, match="would run code"):
        to_ours(tmp_path / "theirs.pt", tmp_path / "made.safetensors", TWIN)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["ours.safetensors", "theirs.pt"]
