"""Files of weights are read whichever common form they have, and none of them runs code."""

from __future__ import annotations

import json
import pickle

import pytest
import torch
from safetensors.torch import save_file

from scaffold.core.errors import ScaffoldError
from scaffold.parity.checkpoint import read_weights, with_tied, write_weights

WEIGHTS = {"a.weight": torch.randn(2, 3), "b": torch.arange(4), "half": torch.ones(2).half()}


def same(found):
    return found.keys() == WEIGHTS.keys() and all(
        torch.equal(found[name], value) and found[name].dtype is value.dtype
        for name, value in WEIGHTS.items()
    )


@pytest.mark.parametrize("name", ["w.safetensors", "w.pt", "w.bin"])
def test_what_is_written_is_read_to_the_bit(tmp_path, name):
    write_weights(WEIGHTS, tmp_path / name)

    assert same(read_weights(tmp_path / name))
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_the_shards_of_an_index_are_read_together(tmp_path):
    save_file({"a.weight": WEIGHTS["a.weight"]}, tmp_path / "1.safetensors")
    save_file({n: WEIGHTS[n] for n in ("b", "half")}, tmp_path / "2.safetensors")
    index = tmp_path / "model.safetensors.index.json"
    of = {"a.weight": "1.safetensors", "b": "2.safetensors", "half": "2.safetensors"}
    index.write_text(json.dumps({"weight_map": of}))

    assert same(read_weights(index))


@pytest.mark.parametrize(
    "around",
    [
        lambda w: {"state_dict": w, "epoch": 3},
        lambda w: {"model": {f"module.{name}": value for name, value in w.items()}},
        lambda w: {"optimizer": {}, "model_state_dict": w},
    ],
)
def test_what_a_training_puts_around_weights_is_taken_off(tmp_path, around):
    torch.save(around(WEIGHTS), tmp_path / "w.pth")

    assert same(read_weights(tmp_path / "w.pth"))


class Runs:
    def __reduce__(self):
        return (open, ("ran", "w"))


def test_a_file_that_would_run_code_is_refused_and_nothing_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"a": torch.ones(1), "b": Runs()}, "zip.pt")
    (tmp_path / "plain.pt").write_bytes(pickle.dumps(Runs()))
    torch.save(torch.nn.Linear(1, 1), "module.pt")

    for name in ("zip.pt", "plain.pt", "module.pt"):
        with pytest.raises(ScaffoldError, match=r"would run code.*\n  try: where you trust it"):
            read_weights(tmp_path / name)
    assert not (tmp_path / "ran").exists()


def test_what_is_no_file_of_weights_is_said(tmp_path):
    (tmp_path / "cut.safetensors").write_bytes(b"\x10")
    (tmp_path / "cut.pt").write_bytes(b"PK\x03\x04")
    (tmp_path / "text.pt").write_bytes(b"GLOBAL")
    (tmp_path / "empty.pt").write_bytes(b"")
    torch.save([torch.ones(1)], tmp_path / "list.pt")
    (tmp_path / "m.safetensors.index.json").write_text("[]")
    (tmp_path / "up.safetensors.index.json").write_text('{"weight_map": {"a": "../x.safetensors"}}')
    for name, said in {
        "absent.pt": "there is no such file\n  try: name a file of weights",
        "cut.safetensors": r"cannot be read as safetensors .*\n  try: fetch it again",
        "cut.pt": r"cannot be read as a file of torch.save .*\n  try: fetch it again",
        "text.pt": r"cannot be read as a file of torch.save .*\n  try: fetch it again",
        "empty.pt": r"cannot be read as a file of torch.save .*\n  try: fetch it again",
        "list.pt": "holds no tensors by name\n  try: save a state dict",
        "m.safetensors.index.json": "is no index of safetensors",
        "up.safetensors.index.json": "names '../x.safetensors', which is not beside it\n  try: put",
    }.items():
        with pytest.raises(ScaffoldError, match=said):
            read_weights(tmp_path / name)


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "w.pt").mkdir()

    with pytest.raises(ScaffoldError, match=r"cannot be written .*\n  try: look at its folder"):
        write_weights(WEIGHTS, tmp_path / "w.pt")
    assert [one.name for one in tmp_path.iterdir()] == ["w.pt"]


def test_tied_weights_have_every_name_though_the_file_has_one():
    table = torch.randn(2)

    found = with_tied({"head": table, "x": torch.ones(1)}, [["table", "head"], ["no", "none"]])

    assert found.keys() == {"head", "x", "table"}
    assert found["table"] is table


def test_tied_weights_are_written_under_each_name(tmp_path):
    table = torch.randn(3, 2)

    write_weights({"table": table, "head": table, "turned": table.T}, tmp_path / "w.safetensors")

    assert torch.equal(read_weights(tmp_path / "w.safetensors")["turned"], table.T)
