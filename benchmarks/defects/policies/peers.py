"""Ask peer tools, where they are installed: TorchLens in this process, msprobe in its own.

Both are slow (seconds a case), so they answer a fixed sample of the cases.
"""

from __future__ import annotations

import csv
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from benchmarks.defects.policies.answer import Answer, Policy, Sides

if TYPE_CHECKING:
    from benchmarks.defects.case import Case

ASKED = ("real", "times-20", "repeated")
"""The probes that the peers are asked about, where there are such."""

DUMPS = Path(__file__).resolve().parents[3] / "build" / "bench" / "msprobe"
STEP = "benchmarks.defects.policies.msprobe_dump"


def peers() -> tuple[Policy, ...]:
    """Give the peers that are installed."""
    found = []
    if importlib.util.find_spec("torchlens"):
        found.append(Policy("TorchLens first_divergence", _torchlens, one_in=12))
    if importlib.util.find_spec("msprobe"):
        found.append(Policy("msprobe compare (L0, tensor)", _msprobe, one_in=40))
    return tuple(found)


def _torchlens(sides: Sides) -> Answer:
    """Trace both, and take the first row that diverges at its default tolerances."""
    import torchlens
    from torchlens.debug._graph import first_divergence

    if sides.ours is None:
        return Answer(differs=True, notes={"failure": sides.failure})
    places: dict[str, None] = {}
    for name in ASKED:
        if name not in sides.probes:
            continue
        with torch.no_grad():
            one = torchlens.trace(sides.theirs, sides.probes[name])
            two = torchlens.trace(sides.ours, sides.probes[name])
        row = first_divergence(one, two)
        if row is not None:
            places[_torchlens_place(row["op"], one, two, sides.case)] = None
    return Answer(differs=bool(places), places=tuple(places))


def _torchlens_place(label: str, one: Any, two: Any, case: Case) -> str:
    """Give our name of the module around an operation, of theirs or of ours."""
    for trace, ours in ((one, False), (two, True)):
        try:
            modules = trace[label].modules
        except (KeyError, ValueError, IndexError):
            continue
        paths = [str(module).rpartition(":")[0] for module in modules]
        if ours:
            return paths[-1] if paths else ""
        known = [case.links.parts[path] for path in paths if path in case.links.parts]
        return known[-1] if known else ""
    return ""


def _msprobe(sides: Sides) -> Answer:
    """Dump both live models by hooks on modules, and let its `compare` judge the tensors."""
    case = sides.case
    if not case.pair.library or case.links.parts.keys() != set(case.links.parts.values()):
        return Answer(differs=False, refused="needs a mapping of names written by hand")
    folder = DUMPS / re.sub(r"\W", "_", case.id)
    shutil.rmtree(folder, ignore_errors=True)
    dumps = [_dumped(case, side, folder / side) for side in ("theirs", "ours")]
    program = Path(sys.executable).with_name("msprobe")
    command = [program, "compare", "-m", "auto", "-gp", dumps[0], "-tp", dumps[1], "-o", folder]
    subprocess.run([str(word) for word in command], check=True, capture_output=True, env=_alone())
    with next(folder.glob("compare_result_*.csv")).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    shutil.rmtree(folder, ignore_errors=True)
    bad = [row for row in rows if row["Result"] not in {"pass", "Pass"}]
    places = dict.fromkeys(
        _msprobe_place(row["NPU Name"]) for row in bad if ".output." in row["NPU Name"]
    )
    return Answer(differs=bool(bad), places=tuple(places))


def _dumped(case: Case, side: str, folder: Path) -> Path:
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", STEP, case.id, side, str(folder)]
    subprocess.run(command, check=True, capture_output=True, env=_alone())
    return next(folder.glob("step0/*/dump.json"))


def _msprobe_place(name: str) -> str:
    """Module.blocks.1.mlp.act.GELU.forward.0.output.0 is blocks.1.mlp.act."""
    return re.sub(r"\.[^.]+\.forward\..*", "", name.removeprefix("Module."))


def _alone() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1"}
