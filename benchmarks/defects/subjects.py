"""Show pairs and cases to scaffold as what it knows: an adapter file, a bundle, a candidate."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import torch

from benchmarks.defects.architectures import every_pair
from benchmarks.defects.probes import real
from scaffold.reference.record import record
from scaffold.trace.isolation import Isolation
from scaffold.trace.subject import Subject

if TYPE_CHECKING:
    from torch import Tensor, nn

    from benchmarks.defects.case import Case
    from benchmarks.defects.pair import Pair
    from scaffold.golden import Bundle

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "bench"

_ADAPTER = '''"""The reference of the pair {name}."""

from benchmarks.defects.subjects import batch_of, built


def build(size="twin"):
    return built("{name}")


def example_batch():
    return batch_of("{name}")
'''


@cache
def _own_folder() -> Path:
    """Give a folder of this process, so that two runs do not record over each other."""
    (BUILD / "subjects").mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=BUILD / "subjects"))
    # Workers run no `atexit`; this runs at the end of any process.
    Finalize(None, shutil.rmtree, args=(folder, True), exitpriority=0)
    return folder


def built(name: str) -> nn.Module:
    """Build theirs."""
    return _pair(name).theirs()


def batch_of(name: str) -> tuple[tuple[Tensor, ...], Tensor]:
    """Give the real batch of a pair, and a target that nobody looks at."""
    return real(_pair(name)), torch.zeros(1)


@cache
def bundle_of(pair: Pair) -> Bundle:
    """Record theirs once."""
    folder = _own_folder() / pair.name
    folder.mkdir()
    adapter = folder / "adapter.py"
    adapter.write_text(_ADAPTER.format(name=pair.name), encoding="utf-8")
    return record(adapter, folder / "goldens")


def candidate_of(case: Case) -> Subject:
    """Give the candidate of a case."""
    module = ModuleType("candidate")
    module.build = lambda size="twin": case.candidate()  # type: ignore[attr-defined]
    folder = BUILD / "subjects" / "none"
    folder.mkdir(parents=True, exist_ok=True)
    return Subject(folder / f"{case.id}.py", module, Isolation(folder))


def _pair(name: str) -> Pair:
    return next(pair for pair in every_pair() if pair.name == name)
