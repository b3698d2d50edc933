"""Evaluate what a training left, on the data it was configured with: `python -m <package>.training.eval`."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, cast

import hydra
import lightning as L
import torch
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from safetensors.torch import load_file
from scaffold.core.errors import ScaffoldError

from .processes import one_job
from .run import CONFIGS, task

if TYPE_CHECKING:
    from torch import Tensor

log = logging.getLogger(__name__)


def newest_run(outputs: Path = Path("outputs")) -> Path:
    """Find the training that began last; the names of the folders are their times."""
    runs = sorted(outputs.glob("train/*/checkpoints"))
    if not runs:
        raise ScaffoldError(
            "there is no training to evaluate", where=str(outputs), remedy="make train"
        )
    return runs[-1].parent


def settings_of(run: Path) -> DictConfig:
    """Read the configuration that a training ran with."""
    cfg = cast("DictConfig", OmegaConf.load(run / ".hydra" / "config.yaml"))
    cfg.paths.output = str(run)
    return cfg


def weights_of(run: Path, name: str) -> dict[str, Tensor]:
    """Read the network's weights: a checkpoint of the run by its name, or a safetensors file."""
    if name.endswith(".safetensors"):
        return load_file(name)
    kept = torch.load(run / "checkpoints" / f"{name}.ckpt", weights_only=True)["state_dict"]
    return {key.removeprefix("network."): value for key, value in kept.items()}


def evaluate(cfg: DictConfig) -> dict[str, float]:
    """Report loss and accuracy on a split."""
    run = Path(cfg.run) if cfg.run else newest_run()
    ran = settings_of(run)
    torch.set_num_threads(ran.threads)
    L.seed_everything(ran.seed, workers=True, verbose=False)
    module, data = task(ran), instantiate(ran.data)
    module.network.load_state_dict(weights_of(run, cfg.weights), strict=True)
    trainer = instantiate(cfg.trainer, _partial_=True)(logger=False, enable_progress_bar=False)
    look = {"test": trainer.test, "val": trainer.validate}[cfg.split]
    metrics = dict(look(module, data, verbose=False)[0])
    if trainer.is_global_zero:
        log.info("%s of %s: %s", cfg.weights, run, json.dumps(metrics))
        folder = Path(cfg.paths.output)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    return metrics


@hydra.main(version_base="1.3", config_path=str(CONFIGS), config_name="eval")
def main(cfg: DictConfig) -> None:
    """Evaluate from the command line."""
    with one_job():
        evaluate(cfg)


if __name__ == "__main__":
    main()
