"""Measure recording and comparing, and write the page.

    python -m benchmarks.engine.run [--rounds N] [--only recording] [--model resnet18] [--no-peers]

Needs the environment of `make bench-defects` (timm, and the peers where they install).
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from benchmarks.engine import comparing, growth, recording
from benchmarks.engine.models import BESIDE, MODELS
from benchmarks.engine.page import page

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks" / "engine.md"
FOUND = ROOT / "build" / "bench" / "engine.json"
SECTIONS = ("recording", "comparing", "memory", "growth")
COMPARED = ("resnet50", "vit_base")
PACKAGES = ("torch", "timm", "numpy", "safetensors", "torchlens", "transformers",
            "mindstudio-probe")  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for; the page is written from all that was measured so far."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--only", nargs="*", choices=SECTIONS, default=SECTIONS)
    parser.add_argument("--model", nargs="*", default=(*MODELS, *BESIDE))
    parser.add_argument("--no-peers", action="store_true")
    asked = parser.parse_args(arguments)
    torch.set_num_threads(1)
    found = json.loads(FOUND.read_text()) if FOUND.is_file() else {}
    for section in asked.only:
        print(section, flush=True)
        found[section] = _measured(section, asked)
        found["machine"], found["versions"] = _machine(), _versions()
        FOUND.parent.mkdir(parents=True, exist_ok=True)
        FOUND.write_text(json.dumps(found, indent=1))
    if all(section in found for section in SECTIONS):
        PAGE.write_text(page(found), encoding="utf-8")
        print(PAGE.read_text(encoding="utf-8"))
    return 0


def _measured(section: str, asked: argparse.Namespace) -> Any:
    rounds = asked.rounds
    if section == "recording":
        return [
            _told(recording.measured(name, rounds, peers=not asked.no_peers))
            for name in asked.model
        ]
    if section == "comparing":
        return [
            _told(comparing.measured(name, rounds, threads))
            for name in COMPARED
            for threads in (1, 2)
        ]
    if section == "memory":
        return [_told(_memory(name)) for name in (*COMPARED, "narrow")]
    return _told(growth.measured(min(rounds, 5)))


def _told(found: dict[str, Any]) -> dict[str, Any]:
    print(json.dumps(found), flush=True)
    return found


def _memory(name: str) -> dict[str, Any]:
    """Record in one process and judge in another, so that the peak is that of judging."""
    with tempfile.TemporaryDirectory() as place:
        for verb in ("record", "judge"):
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.engine.memory", verb, name, f"{place}/bundle"],
                cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _machine() -> str:
    told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = told.partition("model name")[2].partition(":")[2].partition("\n")[0].strip()
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} processors, load {load:.1f} at the end of the last section"


def _versions() -> str:
    known = {one.metadata["name"]: one.version for one in importlib.metadata.distributions()}
    return ", ".join(f"{name} {known[name]}" for name in PACKAGES if name in known)


if __name__ == "__main__":
    sys.exit(main())
