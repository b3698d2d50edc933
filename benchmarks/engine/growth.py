"""How the work grows with the number of parts: the exponent is 1 where nothing is searched."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks.engine.clock import interleaved
from scaffold.golden import Bundle, Writer
from scaffold.parity.forward import _forward
from scaffold.reference.probes import Probe
from scaffold.reference.record import _record_forward
from scaffold.testing.alike import same_names
from scaffold.trace.settled import settled

PARTS = (50, 100, 200, 400, 800)


def measured(rounds: int) -> dict[str, Any]:
    """Record and compare a chain of so many small parts, in turn."""
    with tempfile.TemporaryDirectory() as place:
        for parts in PARTS:
            _run("record", parts, Path(place))  # the turns change, so comparing may come first
        times = interleaved(
            {
                f"{verb} {parts}": lambda verb=verb, parts=parts: _run(verb, parts, Path(place))
                for verb in ("record", "compare")
                for parts in PARTS
            },
            rounds,
        )
    seconds = {
        verb: {parts: min(times[f"{verb} {parts}"].cpu) for parts in PARTS}
        for verb in ("record", "compare")
    }
    return {"seconds": seconds, "exponents": {verb: _slope(of) for verb, of in seconds.items()}}


def _slope(seconds: dict[int, float]) -> float:
    return float(np.polyfit(np.log(list(seconds)), np.log(list(seconds.values())), 1)[0])


def _run(verb: str, parts: int, place: Path) -> None:
    torch.manual_seed(0)
    chain = [nn.Linear(8, 8) if number % 2 else nn.GELU() for number in range(parts - 1)]
    model = nn.Sequential(*chain).eval()
    folder = place / str(parts)
    if verb == "record":
        writer = Writer()
        _record_forward(model, (Probe("normal", (torch.randn(2, 8),)),), writer, folder)
        writer.write(folder)
        return
    with settled():
        _forward(Bundle.read(folder), model, same_names(model, model, {}))
