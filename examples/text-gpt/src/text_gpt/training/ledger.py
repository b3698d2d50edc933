"""Every run is one line of `results/experiments.jsonl`; `results/measured.yaml` is computed from the lines."""

from __future__ import annotations

import hashlib
import json
import statistics
from typing import TYPE_CHECKING, Any

import yaml
from omegaconf import OmegaConf

if TYPE_CHECKING:
    from pathlib import Path

    from omegaconf import DictConfig

INDIFFERENT = {"seed", "paths", "logger", "note", "resume"}
"""Settings with which a run is still a run of the same configuration."""

HEADER = """\
# What was measured here, one row per target: made from experiments.jsonl after every run, never by hand (P45).
# target      id of a row of targets.yaml
# value, std  mean over the seeds, and standard deviation (0.0 with one seed)
# seeds       which seeds, all with the configuration that ran last
# source      how the weights came to be
# commit      what was run
# hardware    where it ran
# seconds     how long the trainings took together
"""


def fingerprint_of(cfg: DictConfig) -> str:
    """Hash the part of a configuration that may change a result: everything but seed and places."""
    decisive = OmegaConf.masked_copy(cfg, [str(key) for key in cfg if key not in INDIFFERENT])
    text = OmegaConf.to_yaml(decisive, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def append(folder: Path, entry: dict[str, Any]) -> None:
    """Add one line to the ledger and compute the measured values again."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "experiments.jsonl").open("a", encoding="utf-8") as ledger:
        ledger.write(json.dumps(entry, sort_keys=True) + "\n")
    measured = yaml.safe_dump({"schema": 1, "measured": measure(read(folder))}, sort_keys=False)
    fresh = folder / "measured.yaml.new"
    fresh.write_text(HEADER + measured, encoding="utf-8")
    fresh.replace(folder / "measured.yaml")


def read(folder: Path) -> list[dict[str, Any]]:
    """Read every line of the ledger, oldest first."""
    text = (folder / "experiments.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def measure(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Summarise, for every target, the runs of the configuration that ran last: the newest per seed."""
    rows = []
    for target in sorted({entry["target"] for entry in entries}):
        runs = [entry for entry in entries if entry["target"] == target]
        last = runs[-1]
        seeds = {run["seed"]: run for run in runs if run["config"] == last["config"]}
        values = [run["value"] for run in seeds.values()]
        rows.append(
            {
                "target": target,
                "value": round(statistics.fmean(values), 4),
                "std": round(statistics.stdev(values), 4) if len(values) > 1 else 0.0,
                "seeds": sorted(seeds),
                "source": "trained here",
                "commit": last["commit"],
                "hardware": last["hardware"],
                "seconds": round(sum(run["seconds"] for run in seeds.values()), 1),
            }
        )
    return rows
