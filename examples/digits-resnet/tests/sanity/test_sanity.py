"""Signs of life. No evidence of parity: a network with any of twenty known defects passes all of these."""

from __future__ import annotations

import torch
from hydra.utils import instantiate


def test_a_step_of_training_lowers_the_loss_of_its_batch(compose):
    cfg = compose()
    torch.manual_seed(0)
    network, loss = instantiate(cfg.model).train(), instantiate(cfg.loss)
    optimizer = instantiate(cfg.optimizer)(network)
    inputs, target = next(iter(instantiate(cfg.data).train_dataloader()))
    losses = []

    for _ in range(8):
        torch.manual_seed(1)  # the same dropout at every step
        total = loss(network(*inputs), target)["total"]
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        losses.append(total.item())

    assert min(losses[1:]) < losses[0]
