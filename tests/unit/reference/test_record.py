"""A reference is recorded the same way each time, and a dead one is refused."""

from __future__ import annotations

from textwrap import dedent

import pytest
import torch

from scaffold.core.errors import ScaffoldError
from scaffold.reference import record

ADAPTER = """
    import torch
    from torch import nn

    class Square(nn.Module):
        def __init__(self):
            super().__init__()
            self.mix = nn.Conv2d(1, 2, 3, padding=1)
            self.tail = nn.Linear(128, 3)
            self.spare = nn.Linear(1, 1)

        def forward(self, x):
            y = self.mix(x)
            return self.tail(y.flatten(1)), None, {"scale": 2, "kept": y}

    def build(size="twin"):
        return Square()

    def example_batch():
        return torch.linspace(-1, 1, 192).reshape(3, 1, 8, 8), torch.zeros(3)
"""


@pytest.fixture
def adapter(tmp_path):
    def written(text=ADAPTER, name="adapter"):
        path = tmp_path / name / "adapter.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text))
        return path

    return written


@pytest.fixture
def bundle(adapter, tmp_path):
    return record(adapter(), tmp_path / "twin")


def test_recording_twice_gives_the_same_bytes(adapter, bundle, tmp_path):
    torch.manual_seed(99)

    again = record(adapter(), tmp_path / "again")

    for path in bundle.folder.iterdir():
        assert path.read_bytes() == (again.folder / path.name).read_bytes()


def test_another_checkout_and_another_folder_give_the_same_bytes(
    adapter, bundle, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)

    again = record(adapter(name="elsewhere"), tmp_path / "again")

    for path in bundle.folder.iterdir():
        assert path.read_bytes() == (again.folder / path.name).read_bytes()
    assert str(tmp_path) not in (bundle.folder / "manifest.json").read_text()


def test_leaving_the_full_model_out_is_told_by_the_manifest(adapter, bundle, tmp_path):
    alone = record(adapter(), tmp_path / "alone", with_full=False)

    assert alone.table("full") == {"recorded": False, "reason": "--no-full"}
    assert alone.provenance["command"] == "scaffold record --seed 0 --no-full"
    assert "full" not in bundle.tables


def test_a_tensor_that_lay_otherwise_is_told_with_its_layout(adapter, tmp_path):
    last = ADAPTER.replace(
        "y = self.mix(x)", "y = self.mix(x.to(memory_format=torch.channels_last))"
    )

    told = record(adapter(last), tmp_path / "twin")

    mixed = next(e for e in told.select(role="output", part="mix", probe="normal"))
    assert told.table("layouts")[mixed.hash] == "0231"


def test_another_seed_gives_other_goldens(adapter, bundle, tmp_path):
    other = record(adapter(), tmp_path / "other", seed=1)

    assert {e.hash for e in bundle.select(role="weight")}.isdisjoint(
        e.hash for e in other.select(role="weight")
    )


def test_every_leaf_of_every_call_is_there(bundle):
    found = {(e.role, e.part, e.leaf): e.shape for e in bundle.select(probe="normal")}

    assert found == {
        ("input", "", "0"): (2, 1, 8, 8),
        ("input", "mix", "0"): (2, 1, 8, 8),
        ("output", "mix", ""): (2, 2, 8, 8),
        ("input", "tail", "0"): (2, 128),
        ("output", "tail", ""): (2, 3),
        ("output", "", "0"): (2, 3),
        ("output", "", "2.scale"): (),
        ("output", "", "2.kept"): (2, 2, 8, 8),
    }


def test_a_refused_probe_is_noted_with_what_the_model_said(bundle):
    probes = bundle.table("probes")

    assert probes["recorded"][0] == "normal"
    assert probes["refused"]["odd-size"].startswith("RuntimeError: mat1 and mat2 shapes cannot")
    assert set(probes["refused"]) == {"odd-size", "non-square"}


def test_the_structure_of_both_sizes_is_a_table(bundle):
    twin = bundle.table("structure")["twin"]

    assert twin["count"] == sum(torch.Size(shape).numel() for _, shape, _ in twin["parameters"])
    assert twin["parameters"][0] == ["mix.weight", [2, 1, 3, 3], "float32"]
    assert set(bundle.table("structure")) == {"twin", "full"}


def test_a_part_that_is_never_called_is_listed(bundle):
    parts = {row["part"]: row for row in bundle.table("parts")}

    where = parts["spare"].pop("source")
    assert where.startswith("torch/nn/modules/linear.py:")
    assert parts["spare"] == {
        "part": "spare", "kind": "Linear", "calls": 0, "parameters": 2, "aliases": [],
    }  # fmt: skip
    assert parts[""]["source"] == "adapter.py:5"
    assert parts["mix"]["calls"] == 1


def test_recording_leaves_the_generator_and_the_threads_as_they_were(adapter, tmp_path):
    state, threads = torch.get_rng_state(), torch.get_num_threads()

    record(adapter(), tmp_path / "twin")

    assert torch.equal(state, torch.get_rng_state())
    assert threads == torch.get_num_threads()


def test_a_jitter_that_is_too_strong_is_halved(adapter, tmp_path):
    narrow = ADAPTER.replace(
        "y = self.mix(x)", "y = self.mix(x); ok = self.spare.weight.abs().max() < 1.06\n"
        "            y = y if ok else y * float('inf')",
    ).replace("self.spare = nn.Linear(1, 1)", "self.spare = nn.Linear(8, 8)\n"
              "            nn.init.ones_(self.spare.weight)")  # fmt: skip

    bundle = record(adapter(narrow), tmp_path / "twin")

    assert bundle.table("perturbation")["jitter"] == 0.025


def test_a_model_that_is_dead_anyway_is_refused(adapter, tmp_path):
    dead = ADAPTER.replace("y = self.mix(x)", "y = self.mix(x).clamp(max=-1e9)")

    with pytest.raises(ScaffoldError) as raised:
        record(adapter(dead), tmp_path / "twin")
    assert raised.value.what == (
        "the output of the model (Square) is the same for every sample, "
        "however small the jitter of the weights"
    )
    assert not (tmp_path / "twin").exists()
