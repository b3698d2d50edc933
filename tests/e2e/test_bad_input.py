"""Bad input of `record` and `compare` ends with 2, names the place, and overwrites nothing.

Each case spoils one thing in a repository that was recorded before. What runs is the command line;
only what needs a process of its own (limits, signals, the environment) starts one.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.cli.app import run

HERE = Path(__file__).resolve().parent
# These tests are no package, and import modes differ in what they put on the path.
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from hostile import snapshot  # noqa: E402 - the path is set above

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.e2e

PAIR = HERE.parent / "unit" / "testing" / "pair"
ADAPTER, CANDIDATE = "reference/adapter.py", "tests/parity/candidate.py"
MANIFEST = "goldens/twin/manifest.json"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A repository with its goldens, recorded once for all tests of this file."""
    root = tmp_path_factory.mktemp("bad") / "repository"
    shutil.copytree(PAIR, root, ignore=shutil.ignore_patterns("__pycache__"))
    assert run(["record", str(root)]) == 0
    return root


@pytest.fixture
def repository(recorded, tmp_path):
    return shutil.copytree(recorded, tmp_path / "repository")


def shard(root):
    return next((root / "goldens" / "twin").glob("tensors-*.safetensors"))


def truncate(root):
    path = shard(root)
    path.write_bytes(path.read_bytes()[:100])


def flip(root):
    path = shard(root)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def in_manifest(**changes) -> Callable[[Path], None]:
    def spoil(root):
        path = root / MANIFEST
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))

    return spoil


def cut_manifest(root):
    path = root / MANIFEST
    path.write_text(path.read_text()[:400])


def without(file):
    return lambda root: (root / file).unlink()


def text_in(file, old, new):
    def spoil(root):
        path = root / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return spoil


def another_model(root):
    """Put the goldens of another architecture where those of this one belong."""
    (root / ADAPTER).write_text(
        "import torch\nfrom torch import nn\n\n"
        "def build(size='twin'):\n"
        "    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 2, 3))\n\n"
        "def example_batch():\n"
        "    images = torch.arange(243.0).reshape(1, 3, 9, 9).sin()\n"
        "    return (images,), torch.tensor([0])\n"
    )
    shutil.rmtree(root / "goldens")
    assert run(["record", str(root)]) == 0


def linked(root):
    shutil.move(root / "goldens" / "twin", root.parent / "elsewhere")
    (root / "goldens" / "twin").symlink_to(root.parent / "elsewhere")


def with_forward(line):
    return text_in(
        ADAPTER, "        return x + self.down", f"        {line}\n        return x + self.down"
    )


@dataclass(frozen=True)
class Case:
    name: str
    verb: str
    spoil: Callable[[Path], object]
    what: str
    where: str
    remedy: str


CASES = [
    Case("truncated shard", "compare", truncate, "the shard is truncated: 100 of ",
         "tensors-00.safetensors", "restore it from version control"),
    Case("wrong hash", "compare", flip, "the shard is not the one that was recorded",
         "tensors-00.safetensors", "restore it from version control"),
    Case("missing shard", "compare", lambda root: shard(root).unlink(), "a shard is missing",
         "tensors-00.safetensors", "restore it from version control"),
    Case("newer schema", "compare", in_manifest(schema=99),
         "the bundle has schema 99, and this version reads up to ", "manifest.json",
         "install a newer refscaffold"),
    Case("cut manifest", "compare", cut_manifest, "the manifest is no JSON", "manifest.json",
         "restore it from version control"),
    Case("manifest without columns", "compare", in_manifest(columns=[]),
         "the manifest is damaged", "manifest.json", "restore it from version control"),
    Case("another model", "compare", another_model,
         "this bundle is of another model: it has 0.weight",
         "goldens/twin", "name the bundle of this reference under [parity]"),
    Case("link out of the repository", "compare", linked, "a link leads out of the repository",
         "reengineering.toml", "put the folder itself there"),
    Case("link out of the repository when recording", "record", linked,
         "a link leads out of the repository", "reengineering.toml", "put the folder itself there"),
    Case("no candidate", "compare", without(CANDIDATE), "there is no such file", "candidate.py",
         "check the paths under [parity]"),
    Case("candidate raises on import", "compare", text_in(CANDIDATE, "EPS = 1e-6", "EPS = 1 / 0"),
         "fails while it is imported (ZeroDivisionError: division by zero)", "candidate.py",
         "run the file with python alone"),
    Case("candidate raises on build", "compare",
         text_in(CANDIDATE, "return Residual()", "raise RuntimeError('not yet')"),
         "`build` fails (RuntimeError: not yet)", "candidate.py", "call it from python"),
    Case("candidate that needs a GPU", "compare",
         text_in(CANDIDATE, "return Residual()", "return Residual().to('cuda')"), "`build` fails (",
         "candidate.py", "call it from python"),
    Case("candidate builds no module", "compare",
         text_in(CANDIDATE, "return Residual()", "return Residual"),
         "`build` gives type, not torch.nn.modules.module.Module", "candidate.py",
         "return the object itself"),
    Case("broken map", "compare", lambda root: (root / "weights.map.toml").write_text("[[part"),
         "is no TOML", "weights.map.toml", "mend the line it names"),
    Case("no map", "compare", without("weights.map.toml"), "there is no weight map",
         "weights.map.toml", "write it: one [[part]]"),
    Case("adapter without build", "record", text_in(ADAPTER, "def build", "def built"),
         "defines no `build`", "adapter.py", "add `build`"),
    Case("adapter without batch", "record", text_in(ADAPTER, "def example_batch", "def batch"),
         "defines no `example_batch`", "adapter.py", "add `example_batch`"),
    Case("reference raises on import", "record",
         text_in(ADAPTER, "TOTAL_STEPS = 20", "import theirs"),
         "fails while it is imported (ModuleNotFoundError: No module named 'theirs')", "adapter.py",
         "run the file with python alone"),
    Case("reference raises when it runs", "record", with_forward("raise KeyError('mask')"),
         "the model fails on the example batch (KeyError: 'mask')", "adapter.py",
         "call model(*inputs) from python"),
    Case("reference needs a GPU when it runs", "record", with_forward("x = x.cuda()"),
         "the model fails on the example batch (", "adapter.py", "there is no GPU here"),
    Case("reference gives NaN", "record", with_forward("x = x * float('nan')"),
         "is not finite, however small the jitter", "adapter.py", "give the model weights"),
    Case("batch on another device", "record",
         text_in(ADAPTER, "inputs = torch.randn(4, 8, generator=generator)",
                 "inputs = torch.randn(4, 8, generator=generator).to('meta')"),
         "input 0 is on the device meta", "adapter.py", "on the CPU"),
    Case("weights in bfloat16", "record",
         text_in(ADAPTER, "return Block()", "return Block().bfloat16()"),
         "the weights are in bfloat16 (norm.weight)", "adapter.py", "record in float32"),
    Case("a stranger's pickle beside the goldens", "record",
         lambda root: (root / "goldens" / "twin" / "weights.pkl").write_bytes(b""),
         "holds weights.pkl, which no bundle contains", "twin", "move it away"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_is_refused_and_nothing_is_overwritten(case, repository, capsys):
    case.spoil(repository)
    capsys.readouterr()
    if case.name == "a stranger's pickle beside the goldens":
        more = ["--update", "--reason", "to see"]
        text_in(ADAPTER, "eps=1e-6", "eps=1e-3")(repository)
    else:
        more = []
    before = snapshot(repository.parent)

    code = run([case.verb, str(repository), *more])

    said = capsys.readouterr()
    assert code == 2, said.out
    where, _, what = said.err.removeprefix("scaffold: ").partition(": ")
    assert case.what in what
    assert case.where in where
    assert case.remedy in said.err.rpartition("\n  try: ")[2]
    assert "Traceback" not in said.err
    assert without_cache(snapshot(repository.parent)) == without_cache(before)


def without_cache(seen):
    return {name: what for name, what in seen.items() if "__pycache__" not in name}


def test_the_same_repository_unspoiled_agrees(repository):
    """The negative control."""
    assert run(["compare", str(repository), "--rung", "forward"]) == 0


def test_a_candidate_that_raises_when_it_runs_is_a_finding_at_its_place(repository, capsys):
    """It could be compared, up to there."""
    text_in(
        CANDIDATE, "        return x * 0.5", "        raise KeyError('x')\n        return x * 0.5"
    )(repository)

    assert run(["compare", str(repository), "--rung", "forward"]) == 1

    shown = capsys.readouterr().out
    assert "first divergence: bend" in shown
    assert "ours raises: KeyError: 'x'" in " ".join(shown.split())


def test_a_candidate_that_gives_nan_everywhere_is_a_finding(repository, capsys):
    text_in(CANDIDATE, "        return x * 0.5", "        return x * float('nan') * 0.5")(
        repository
    )

    assert run(["compare", str(repository), "--rung", "forward"]) == 1
    assert "first divergence: bend" in capsys.readouterr().out


def test_a_place_that_cannot_be_written_is_refused_before_the_reference_runs(repository, capsys):
    text_in(ADAPTER, "    return Block()", "    open('ran', 'w').close()\n    return Block()")(
        repository
    )
    (repository / "file").write_text("mine")

    assert run(["record", str(repository), "--out", str(repository / "file" / "below")]) == 2

    assert "no bundle can be written here: Not a directory" in capsys.readouterr().err
    assert (repository / "file").read_text() == "mine"
    assert not Path("ran").exists()


def test_an_interrupt_while_recording_leaves_the_goldens_as_they_were(repository, capsys):
    text_in(ADAPTER, "    return Block()", "    raise KeyboardInterrupt")(repository)
    before = snapshot(repository)

    assert run(["record", str(repository)]) == 2

    assert capsys.readouterr().err == (
        "scaffold: scaffold: interrupted; nothing was changed\n  try: run it again\n"
    )
    assert without_cache(snapshot(repository)) == without_cache(before)


class Evil:
    """Leaves a file behind when it is read."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.system, (f"touch {self.mark}",)


def test_a_pickle_is_never_read(repository, tmp_path):
    mark = tmp_path / "read"
    for name in ("goldens/twin/weights.pkl", "goldens/twin/tensors-00.pt", "weights.pth"):
        (repository / name).write_bytes(pickle.dumps(Evil(mark)))

    assert run(["compare", str(repository), "--rung", "forward"]) == 0
    assert not mark.exists()


def limited():
    """Let no file grow beyond what fits on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_a_full_disk_leaves_the_goldens_as_they_were(repository):
    """In a process of its own, which may write no more than 20 kB to a file."""
    text_in(ADAPTER, "eps=1e-6", "eps=1e-3")(repository)
    before = snapshot(repository)

    done = subprocess.run(
        [sys.executable, "-m", "scaffold", "record", repository, "--update", "--reason", "r"],
        preexec_fn=limited,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "cannot be written: File too large" in done.stderr
    assert done.stderr.rstrip().endswith(
        "try: look at its permissions and its space, or name another folder"
    )
    assert without_cache(snapshot(repository)) == without_cache(before)
