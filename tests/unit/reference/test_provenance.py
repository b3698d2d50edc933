"""Where goldens come from is written down, without the time or the place."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from scaffold.reference.machine import processor
from scaffold.reference.provenance import provenance, weights_hash
from scaffold.reference.source import modules_of, packages_of, place_of, repository_of
from scaffold.trace import subject

NET = """from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.mix = nn.Linear(2, 3)
"""


@pytest.fixture
def adapter(tmp_path):
    path = tmp_path / "adapter.py"
    path.write_text("one")
    (tmp_path / "net.py").write_text(NET)
    return path


@pytest.fixture
def model(adapter):
    adapter.write_text("import net\n\n\ndef build(size='twin'):\n    return net.Net()\n")
    built = subject.load(adapter).build()
    adapter.write_text("one")
    return built


def described(adapter, model, seed=0, **more):
    weights = weights_hash(model.state_dict())
    return provenance(adapter, model=model, weights=weights, seed=seed, threads=1, **more)


def test_files_versions_machine_and_switches_are_named(adapter, model):
    found = described(adapter, model, seed=3)

    assert list(found["files"]) == ["adapter.py", "net.py"]
    assert found["versions"]["torch"] == torch.__version__
    assert (found["seed"], found["threads"], found["adapter"]) == (3, 1, "adapter.py")
    assert found["precision"]["default"] == "float32"
    assert {"tf32", "cudnn_tf32", "matmul", "deterministic", "mkldnn"} <= set(found["precision"])
    assert found["command"] == "scaffold record --seed 3"
    assert str(adapter.parent) not in json.dumps(found)


def test_the_packages_of_the_model_are_named_with_version_and_licence(model):
    about = packages_of(model)["torch"]

    assert about["version"].partition("+")[0] == torch.__version__.partition("+")[0]
    assert "BSD-3-Clause" in about["licence"]


def test_every_class_has_its_file_and_line_from_its_own_root(adapter, model):
    home = adapter.parent

    assert place_of(type(model), home) == "net.py:4"
    assert place_of(nn.Linear, home).startswith("torch/nn/modules/linear.py:")
    around = Path(sys.prefix)  # an environment may lie in the folder of the adapter
    assert place_of(nn.Linear, around).startswith("torch/nn/modules/linear.py:")
    assert list(modules_of(model, home)) == ["net.py", "torch/nn/modules/linear.py"]


def test_a_class_without_a_file_has_no_place(tmp_path):
    scope = {}
    exec("class Made: pass", scope)  # noqa: S102 - as a console would

    assert place_of(scope["Made"], tmp_path) == ""


def test_a_changed_file_has_another_hash(adapter, model):
    before = described(adapter, model)
    adapter.write_text("two")

    after = described(adapter, model)

    assert before["files"] != after["files"]
    assert before["versions"] == after["versions"]


def test_another_weight_has_another_hash():
    one = {"a": torch.zeros(3), "b": torch.ones((), dtype=torch.int64)}

    assert weights_hash(one) == weights_hash({k: v.clone() for k, v in one.items()})
    assert weights_hash(one) != weights_hash({**one, "a": torch.tensor([0.0, 0.0, -0.0])})
    assert weights_hash(one) != weights_hash({"a": one["a"].reshape(1, 3), "b": one["b"]})


def git(folder, *words):
    who = ("-c", "user.name=x", "-c", "user.email=x@x")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def test_a_repository_gives_its_commit_and_says_when_it_was_changed(adapter):
    folder = adapter.parent
    assert repository_of(folder) == {}
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    git(folder, "remote", "add", "origin", "https://me:secret@example.org/net.git")

    clean = repository_of(folder)
    adapter.write_text("two")

    assert len(clean["commit"]) == 40
    assert (clean["dirty"], clean["remote"]) == (False, "https://example.org/net.git")
    assert repository_of(folder) == {**clean, "dirty": True}


@pytest.mark.parametrize(
    ("remote", "told"),
    [
        ("/home/me/net", ""),
        ("file:///home/me/net", ""),
        ("git@example.org:me/net.git", "git@example.org:me/net.git"),
    ],
)
def test_a_remote_on_this_machine_is_not_told(adapter, remote, told):
    folder = adapter.parent
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    git(folder, "remote", "add", "origin", remote)

    assert repository_of(folder)["remote"] == told


def test_a_folder_that_git_knows_nothing_of_is_in_no_repository(tmp_path):
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "one")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "adapter.py").write_text("one")

    assert repository_of(tmp_path / ".venv") == {}


def test_the_processor_is_named_with_its_vector_instructions(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("model name\t: Fast 9000\nflags\t\t: fpu fma avx2 avx sse4_2 rdrand\n")

    assert processor(cpuinfo) == {
        "processor": "Fast 9000", "instructions": "sse4_2 avx avx2 fma",
    }  # fmt: skip
    assert processor(tmp_path / "none")["instructions"] == ""
