"""Hold every way to train against its recipe, by scaffold's rungs and by what people do today.

python -m benchmarks.defects.training.run
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import time
import warnings
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch

from benchmarks.defects.score import Share
from benchmarks.defects.subjects import BUILD
from benchmarks.defects.training import further, settings
from benchmarks.defects.training.recipe import CLASSES, TOTAL_STEPS
from benchmarks.defects.training.settings import SETTINGS, Setting
from scaffold.core.comparison import Rung
from scaffold.core.errors import ScaffoldError
from scaffold.parity import mapfile
from scaffold.parity.compare import compare
from scaffold.parity.weightmap import WeightMap
from scaffold.reference.record import record
from scaffold.trace.isolation import Isolation
from scaffold.trace.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor

    from benchmarks.defects.training.recipe import Recipe
    from scaffold.golden import Bundle

RUNGS = (Rung.LOSS, Rung.OPTIMIZER, Rung.SCHEDULE, Rung.STATE, Rung.TRACE)
FURTHER = (Rung.BACKWARD, Rung.GRADIENT, Rung.TRAIN, Rung.EMA, Rung.DATA, Rung.METRICS)
RECIPES = {
    "ADAM": settings.ADAM,
    "SGD": settings.SGD,
    "STEPS": settings.STEPS,
    "MODES": further.MODES,
    "OFFERS": further.OFFERS,
}
EVERY = (*SETTINGS, *further.WRONG, *further.SAME)
FOLDER = BUILD / "training"

_ADAPTER = '''"""The recipe {name}."""

from benchmarks.defects.training import offers
from benchmarks.defects.training.recipe import TOTAL_STEPS
from benchmarks.defects.training.run import RECIPES, batch, functions

recipe = RECIPES["{name}"]
example_batch = batch
globals().update(functions(recipe))
if recipe.offers:
    data_sources = offers.source
'''


def functions(recipe: Recipe) -> dict[str, Any]:
    """Give what an adapter or a candidate defines, for one recipe."""
    found = {
        "build": lambda size="twin": recipe.net(),
        "loss_terms": recipe.losses,
        "optimizer": recipe.made,
        "schedule": recipe.schedule,
        "train": recipe.train,
    }
    if recipe.offers:
        found |= {
            "ema": recipe.ema,
            "train_ema": recipe.train_ema,
            "data_steps": recipe.data_steps,
            "metrics": recipe.metrics,
        }
    return found


def batch() -> tuple[tuple[Tensor, ...], Tensor]:
    """Eight rows and their classes."""
    generator = torch.Generator().manual_seed(5)
    return (torch.randn(8, 6, generator=generator),), torch.arange(8) % CLASSES


def answered(setting: Setting) -> dict[str, Any]:
    """Say what scaffold and the usual checks find."""
    begun = time.perf_counter()
    row: dict[str, Any] = {
        "id": setting.id,
        "rows": setting.rows,
        "harmless": setting.harmless,
        "rung": setting.rung,
        "refused": "",
    }
    try:
        found = compare(
            _bundle(setting.theirs),
            _candidate(setting.ours),
            _weights(setting.theirs),
            _rungs(setting),
        )
        wrong = [r for r in found.rungs if not r.judgement.verdict.agrees]
        row["scaffold"] = bool(wrong)
        row["first"] = str(wrong[0].rung) if wrong else ""
        row["items"] = [
            f"{r.rung} {r.item}: {r.judgement.verdict} {r.judgement.ratio}" for r in wrong[:3]
        ]
    except ScaffoldError as error:
        row |= {"scaffold": False, "first": "", "items": [], "refused": str(error)}
    row["seconds"] = round(time.perf_counter() - begun, 3)
    return row | _usual(setting)


USUAL: dict[str, Callable[[Tensor, Tensor], bool]] = {
    "allclose 1e-3": lambda a, b: torch.allclose(a, b, rtol=1e-3, atol=1e-3),
    "allclose 1e-4": lambda a, b: torch.allclose(a, b, rtol=1e-4, atol=1e-4),
    "cosine > 0.99": lambda a, b: bool(torch.cosine_similarity(a, b, dim=0) > 0.99),
}


def _usual(setting: Setting) -> dict[str, bool]:
    """Train both for six steps, and compare the losses and the weights at the end."""
    (x,), target = batch()
    batches = [((x * (1 + 0.1 * step),), target.roll(step)) for step in range(6)]
    ends = []
    for recipe in (setting.theirs, setting.ours):
        torch.manual_seed(0)
        model = recipe.net()
        curve = torch.tensor(recipe.train(model, batches))
        weights = torch.cat([value.detach().flatten() for value in model.parameters()])
        ends.append((curve, weights))
    (curve, weights), (other_curve, other_weights) = ends
    return {
        name: not (agrees(curve, other_curve) and agrees(weights, other_weights))
        for name, agrees in USUAL.items()
    }


def _rungs(setting: Setting) -> tuple[Rung, ...]:
    return FURTHER if setting in (*further.WRONG, *further.SAME) else RUNGS


@cache
def _bundle(recipe: Recipe) -> Bundle:
    name = next(name for name, other in RECIPES.items() if other is recipe)
    folder: Path = FOLDER / f"{name}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    adapter = folder / "adapter.py"
    adapter.write_text(_ADAPTER.format(name=name), encoding="utf-8")
    return record(adapter, folder / "goldens")


def _candidate(recipe: Recipe) -> Subject:
    module = ModuleType("candidate")
    vars(module).update(functions(recipe), TOTAL_STEPS=TOTAL_STEPS)
    folder = BUILD / "subjects" / "none"
    folder.mkdir(parents=True, exist_ok=True)
    return Subject(folder / "candidate.py", module, Isolation(folder))


@cache
def _weights(recipe: Recipe) -> WeightMap:
    model = recipe.net()
    lines = ["schema = 1"]
    for name in (name for name, _ in model.named_modules() if name):
        lines += ["[[part]]", f'theirs = "{name}"', f'ours = "{name}"']
    for name in model.state_dict():
        lines += ["[[weight]]", f'theirs = ["{name}"]', f'ours = ["{name}"]']
    path = FOLDER / "weights.map.toml"
    return WeightMap(path, mapfile.parse("\n".join(lines), where=str(path)))


def page(rows: list[dict[str, Any]]) -> str:
    """Give the table."""
    wrong, same = ([row for row in rows if row["harmless"] is kind] for kind in (False, True))
    lines = [
        f"## Training: {len(wrong)} wrong settings and losses, {len(same)} harmless variants",
        "",
        "| method | caught | on the right rung | false alarms |",
        "| --- | --- | --- | --- |",
    ]
    for name in ("scaffold", *USUAL):
        caught = [row for row in wrong if row[name]]
        right = Share(sum(row["first"] == row["rung"] for row in caught), len(wrong))
        alarms = Share(sum(row[name] for row in same), len(same))
        rung = right if name == "scaffold" else "-"
        lines.append(f"| {name} | {Share(len(caught), len(wrong))} | {rung} | {alarms} |")
    lines += ["", *(f"- missed: `{row['id']}`" for row in wrong if not row["scaffold"])]
    lines += [f"- false alarm: `{row['id']}`" for row in same if row["scaffold"]]
    return "\n".join(lines) + "\n"


def every_row() -> list[dict[str, Any]]:
    """Run every setting; the answers are kept in the folder of the build too."""
    rows = []
    for setting in EVERY:
        rows.append(answered(setting))
        said = rows[-1]
        print(f"{setting.id}: {said['first'] or 'agrees'} {said['refused']}", flush=True)
    (FOLDER / "training.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return rows


def main() -> int:
    """Run every setting, and print the table."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    print(page(every_row()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
