"""The command line as it is used: a sweep, with several processes per job."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from digits_vit.training import ledger
from digits_vit.training.run import ROOT
from digits_vit.training.train import train

TINY = ["logger=csv", "model=vit_twin", "data.limit=128", "trainer.max_epochs=2", "threads=1"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Call the entry point of training in a process of its own."""
    mine = {key: value for key, value in os.environ.items() if not key.startswith("PL_")}
    return subprocess.run(
        [sys.executable, "-m", "digits_vit.training.train", *arguments],
        env=mine | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.usefixtures("loopback")
def test_a_sweep_with_two_processes_per_job_writes_one_folder_per_job(compose, tmp_path):
    done = run(
        "--multirun",
        "launcher=local",
        "trainer=ddp,fsdp",
        "trainer.accelerator=cpu",
        f"hydra.sweep.dir={tmp_path / 'sweep'}",
        f"paths.results={tmp_path / 'results'}",
        *TINY,
    )

    assert done.returncode == 0, done.stderr
    folders = sorted(path for path in (tmp_path / "sweep").iterdir() if path.is_dir())
    assert [folder.name for folder in folders] == ["0", "1"]
    for folder in folders:
        assert {".hydra", "checkpoints", "csv", "train.log"} <= {
            path.name for path in folder.iterdir()
        }
    # Two processes see together what one sees alone.
    alone = train(compose("target=null", f"paths.output={tmp_path / 'alone'}"))
    for line in ledger.read(tmp_path / "results"):
        assert line["metrics"] == pytest.approx(alone, rel=1e-4)
