"""Signs of life. No evidence of parity: a network with any of twenty known defects passes all of these."""

from __future__ import annotations

import math

import pytest
import torch
from hydra.utils import instantiate

from digits_vit.training.train import train


def batch_of(cfg):
    """Give one batch of training data."""
    return next(iter(instantiate(cfg.data).train_dataloader()))


def test_at_the_start_the_loss_is_that_of_a_guess(compose):
    cfg = compose("model=vit", "loss.gamma=0", "loss.z_weight=0")
    torch.manual_seed(0)
    images, labels = batch_of(cfg)

    loss = instantiate(cfg.loss)(instantiate(cfg.model)(images), labels)["total"]

    assert loss.item() == pytest.approx(math.log(cfg.data.classes), rel=0.02)


def test_one_batch_is_learnt_by_heart(compose):
    metrics = train(
        compose(
            "model=vit", "experiment=overfit_one_batch", "data.limit=64", "trainer.max_epochs=60"
        )
    )

    assert metrics["train/accuracy"] == 1.0


def test_images_help(compose):
    cfg = compose("target=null", "data.limit=512", "trainer.max_epochs=8")

    assert train(cfg)["test/accuracy"] > 2 / cfg.data.classes
