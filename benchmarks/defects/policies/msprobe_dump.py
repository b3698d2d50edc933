"""Dump one side of one case with msprobe, in a process of its own: its debugger is one for all."""

from __future__ import annotations

import sys

import torch
from msprobe.pytorch import PrecisionDebugger

from benchmarks.defects.cases import named
from benchmarks.defects.policies.answer import Sides
from benchmarks.defects.policies.peers import ASKED


def main(name: str, side: str, folder: str) -> None:
    """Run the model on the first probe that is asked, as its users do."""
    sides = Sides(named(name))
    model = sides.theirs if side == "theirs" else sides.ours
    probe = next(probe for probe in ASKED if probe in sides.probes)
    debugger = PrecisionDebugger(task="tensor", dump_path=folder, level="L0")
    debugger.start(model=model)
    with torch.no_grad():
        model(*sides.probes[probe])
    debugger.stop()
    debugger.step()


if __name__ == "__main__":
    main(*sys.argv[1:])
