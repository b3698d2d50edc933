"""How much memory judging a model takes, in a process of its own.

    python -m benchmarks.engine.memory record|judge NAME FOLDER

The peak is that of the resident set above what the process held when everything was imported and
a small model had been judged. The bound is the model and four times its largest part: parameters,
inputs and outputs in float32 of the largest leaf, or of the largest block (a part with parts below
it and at most a quarter of the model's parameters).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.engine.models import built
from scaffold.golden import Bundle, Writer
from scaffold.parity.forward import _forward
from scaffold.reference.probes import Probe
from scaffold.reference.record import _record_forward
from scaffold.testing.alike import same_names
from scaffold.trace.forward import traced
from scaffold.trace.settled import settled

SHARE = 4
"""A block holds at most so small a share of the parameters."""


def narrow(depth: int = 200, width: int = 256) -> tuple[nn.Module, Tensor]:
    """Give a deep, narrow model: many small parts, whose tensors are more than its weights."""
    torch.manual_seed(0)
    layers = [nn.Sequential(nn.Linear(width, width), nn.LayerNorm(width)) for _ in range(depth)]
    return nn.Sequential(*layers).eval(), torch.randn(4, 256, width)


def model_of(name: str) -> tuple[nn.Module, Tensor]:
    """Give a model of the benchmark, or the deep narrow one."""
    return narrow() if name == "narrow" else built(name)


def record(name: str, folder: Path) -> None:
    """Record one forward pass."""
    model, given = model_of(name)
    writer = Writer()
    _record_forward(model, (Probe("normal", (given,)),), writer, folder)
    for key, value in model.state_dict().items():
        writer.add(value.numpy(), role="weight", part=key)
    writer.write(folder)


def judge(name: str, folder: Path) -> dict[str, Any]:
    """Judge the same model against it, and give the peak and what it may be."""
    _judged(narrow(2, 8)[0], None)
    model, given = model_of(name)
    parts = _parts(model, given)
    before = _resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    rows = _judged(model, Bundle.read(folder))
    peak = _resident("VmHWM")
    size = sum(value.nbytes for value in model.state_dict().values())
    return {
        "model": name,
        "agrees": all(row.agrees for row in rows),
        "parts": len(rows),
        "size": size / 1e6,
        "leaf": parts[0] / 1e6,
        "block": parts[1] / 1e6,
        "tensors": parts[2] / 1e6,
        "peak": (peak - before) / 1e6 + size / 1e6,
    }


def _judged(model: nn.Module, bundle: Bundle | None) -> Any:
    if bundle is None:
        return traced(model, [torch.randn(2, 8)], dtype=torch.float64)
    with settled():
        return _forward(bundle, model, same_names(model, model, {})).rows


def _parts(model: nn.Module, given: Tensor) -> tuple[int, int, int]:
    """Give the bytes of the largest leaf, of the largest block, and of all recorded tensors."""
    trace = traced(model, [given])
    whole = sum(value.numel() for value in model.parameters())
    modules = dict(model.named_modules())
    leaf = block = 0
    seen: dict[int, int] = {}
    for call in trace.calls:
        sides = (*call.inputs.values(), *call.outputs.values())
        tensors = {id(one): one.nbytes for one in sides if isinstance(one, Tensor)}
        seen.update(tensors)
        weights = list(modules[call.part].parameters())
        size = sum(tensors.values()) + sum(value.nbytes for value in weights)
        if not modules[call.part]._modules:
            leaf = max(leaf, size)
        elif sum(value.numel() for value in weights) * SHARE <= whole:
            block = max(block, size)
    return leaf, max(block, leaf), sum(seen.values())


def _resident(which: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(which):
            return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    torch.set_num_threads(1)
    asked, name, folder = sys.argv[1:]
    if asked == "record":
        record(name, Path(folder))
    else:
        print(json.dumps(judge(name, Path(folder))))
