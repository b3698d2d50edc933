"""Record full models at tier T0 and see what the sketches find: bytes, seconds, places.

    python -m benchmarks.tiers.run [--out DIR]

Needs the environment of `make bench-defects` (torchvision, timm).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import torch

from benchmarks.tiers.changes import CHANGES, Change
from scaffold.core.sizes import FULL
from scaffold.parity.full import compare_full
from scaffold.parity.mapfile import PartRule, Rules, WeightRule
from scaffold.parity.weightmap import WeightMap
from scaffold.reference.full import record_full
from scaffold.trace.subject import Subject, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import nn

    from scaffold.core.comparison import Comparison
    from scaffold.golden import Bundle

HERE = Path(__file__).parent
MODELS = ("resnet50", "vit_tiny")
BUDGET = 1_000_000
"""Bytes that a committed bundle may have."""


@dataclass(frozen=True, slots=True)
class Made(Subject):
    """A candidate that a function builds."""

    make: Callable[[], nn.Module] = field(kw_only=True)

    def build(self, size: str = "twin") -> nn.Module:
        """Build it; it has one size."""
        del size
        return self.make()


def changed(theirs: Subject, change: Change) -> Made:
    """Give the reference with one change in it, as a candidate."""

    def make() -> nn.Module:
        model = theirs.build("full")
        change.make(model)
        return model

    return Made(Path(change.name), ModuleType(change.name), nullcontext, make=make)  # type: ignore[arg-type] # nothing is imported


def identity(model: nn.Module) -> WeightMap:
    """Map every part and every tensor to its own name."""
    parts = tuple(PartRule(name, name) for name, _ in model.named_modules() if name)
    weights = tuple(WeightRule((name,), (name,), ()) for name in model.state_dict())
    return WeightMap(Path("identity"), Rules(parts, weights, (), ()))


def right(change: Change, found: Comparison) -> bool:
    """Whether a defect was found in its place, or a harmless way was taken for what it is."""
    if not change.where:
        return found.agrees
    first = found.first.place.removeprefix("glue before ") if found.first else ""
    return first.removeprefix(FULL).startswith(change.where)


def measure(name: str, folder: Path) -> Iterator[str]:
    """Record one model, compare every change of it, and give the lines of the table.

    Seconds are those of the processor, which others who use the machine do not lengthen.
    """
    theirs = load(HERE / name / "adapter.py")
    began = time.process_time()
    bundle: Bundle = record_full(theirs.path, folder / name)
    took = time.process_time() - began
    size = sum(path.stat().st_size for path in bundle.folder.iterdir())
    yield f"{name}: {size:,} bytes ({size / BUDGET:.0%} of the budget), recorded in {took:.1f} s"
    weights = identity(theirs.build("full"))
    for change in CHANGES:
        if change.model != name:
            continue
        began = time.process_time()
        found = compare_full(bundle, changed(theirs, change), weights)
        took = time.process_time() - began
        first = found.first.place if found.first else "agrees"
        ratio = max((row.local.ratio or 0.0 for row in found.parts), default=0.0)
        verdict = "right" if right(change, found) else "WRONG"
        kind = f"defect in {change.where}" if change.where else "harmless"
        yield (
            f"  {verdict}  {change.name} ({kind}): {first}; greatest q {ratio:.3g}; {took:.1f} s"
        )


def main() -> None:
    """Measure both models and print the table."""
    parser = argparse.ArgumentParser(
        description="Record full models at tier T0, and plant defects."
    )
    parser.add_argument("--out", type=Path, help="keep the bundles there")
    parser.add_argument("--only", choices=MODELS, help="measure one model")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.out or Path(scratch)
        for name in [chosen.only] if chosen.only else MODELS:
            for line in measure(name, folder):
                print(line, flush=True)


if __name__ == "__main__":
    main()
