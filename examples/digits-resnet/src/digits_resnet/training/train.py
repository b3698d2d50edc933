"""Train, test, and write down what came out: `python -m <package>.training.train`."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

import hydra
import lightning as L
import torch
from hydra.utils import instantiate

from . import environment, ledger
from .processes import one_job
from .run import CONFIGS, task

if TYPE_CHECKING:
    from omegaconf import DictConfig

log = logging.getLogger(__name__)


def train(cfg: DictConfig) -> dict[str, float]:
    """Run one training as configured and return every metric of it."""
    started = time.monotonic()
    torch.set_num_threads(cfg.threads)
    L.seed_everything(cfg.seed, workers=True, verbose=False)
    callbacks = [callback for callback in instantiate(cfg.callbacks).values() if callback]
    trainer = instantiate(cfg.trainer, _partial_=True)(
        callbacks=callbacks, logger=instantiate(cfg.logger)
    )
    module, data = task(cfg), instantiate(cfg.data)
    trainer.fit(module, data, ckpt_path=cfg.resume, weights_only=True)
    metrics = dict(trainer.callback_metrics)
    # The weights as training left them, like the reference: choosing the best epoch is another recipe.
    trainer.test(module, data, verbose=False)
    metrics |= trainer.callback_metrics
    metrics = {name: float(value) for name, value in sorted(metrics.items())}
    if trainer.is_global_zero:
        log.info("%s %.4f, run folder %s", cfg.metric, metrics[cfg.metric], cfg.paths.output)
        if cfg.target is not None:
            record(cfg, metrics, seconds=time.monotonic() - started, processes=trainer.world_size)
    return metrics


def record(cfg: DictConfig, metrics: dict[str, float], *, seconds: float, processes: int) -> None:
    """Add the run to the ledger."""
    ran_on = environment.fingerprint()
    ledger.append(
        Path(cfg.paths.results),
        {
            "target": cfg.target,
            "value": metrics[cfg.metric],
            "metrics": metrics,
            "seed": cfg.seed,
            "config": ledger.fingerprint_of(cfg),
            "note": cfg.note,
            "commit": environment.commit(),
            "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "hardware": f"{ran_on['system']}, {processes} x {cfg.trainer.accelerator}",
            "seconds": round(seconds, 1),
            "environment": ran_on,
        },
    )


@hydra.main(version_base="1.3", config_path=str(CONFIGS), config_name="train")
def main(cfg: DictConfig) -> float:
    """Train from the command line; a sweep sees the metric that is asked for."""
    with one_job():
        return train(cfg)[cfg.metric]


if __name__ == "__main__":
    main()
