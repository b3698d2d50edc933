"""Keep the random states with a checkpoint, so that a resumed run draws what an uninterrupted one would have."""

from __future__ import annotations

import random
from typing import Any

import lightning as L
import numpy as np
import torch


def states() -> dict[str, Any]:
    """Collect the state of every global generator, in types that a safe loader accepts."""
    numbers = np.random.get_state(legacy=False)
    numbers["state"]["key"] = numbers["state"]["key"].tolist()
    return {
        "python": random.getstate(),
        "numpy": numbers,
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all(),
    }


def restore(kept: dict[str, Any]) -> None:
    """Put collected states back."""
    version, internal, gauss = kept["python"]
    random.setstate((version, tuple(internal), gauss))
    np.random.set_state(kept["numpy"])
    torch.set_rng_state(kept["torch"])
    torch.cuda.set_rng_state_all(kept["cuda"])


class Randomness(L.Callback):
    """Save random states in a checkpoint, and restore them as late as possible: at the start of training."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] | None = None

    def state_dict(self) -> dict[str, Any]:
        """Give the trainer what to save."""
        return states()

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Keep what was saved; between here and the first step other code still draws numbers."""
        self.kept = state_dict

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Restore."""
        if self.kept is not None:
            restore(self.kept)
