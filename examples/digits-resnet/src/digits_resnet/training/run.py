"""Compose a configuration, and build from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hydra import compose, initialize_config_dir
from hydra.utils import instantiate

from .module import Task

if TYPE_CHECKING:
    from omegaconf import DictConfig

ROOT = Path(__file__).resolve().parents[3]
"""The repository. It is run from its checkout: configurations and results lie beside the package."""

CONFIGS = ROOT / "configs"


def settings(name: str, *overrides: str) -> DictConfig:
    """Compose a configuration in code, as the command line would."""
    with initialize_config_dir(str(CONFIGS), version_base="1.3"):
        return compose(name, overrides=list(overrides))


def task(cfg: DictConfig) -> Task:
    """Build what is trained."""
    return Task(
        instantiate(cfg.model),
        loss=instantiate(cfg.loss),
        optimizer=instantiate(cfg.optimizer),
        scheduler=instantiate(cfg.scheduler),
    )
