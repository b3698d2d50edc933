"""Somebody's residual block, and how it is trained."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy

TOTAL_STEPS = 20


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(8, eps=1e-6)
        self.up = nn.Linear(8, 16)
        self.act = nn.GELU()
        self.down = nn.Linear(16, 8)

    def forward(self, x):
        return x + self.down(self.act(self.up(self.norm(x))))


def build(size="twin"):  # noqa: ARG001 - there is one size
    return Block()


def example_batch():
    generator = torch.Generator().manual_seed(7)
    inputs = torch.randn(4, 8, generator=generator)
    return (inputs,), torch.tensor([0, 3, 5, 7])


def loss_terms(output, target):
    entropy = cross_entropy(output, target, label_smoothing=0.1)
    return {"entropy": entropy, "total": entropy}


def optimizer(model):
    return torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05)


def schedule(optimizer, total_steps):
    return torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.1, total_iters=total_steps)


def train(model, batches):
    stepper = optimizer(model)
    plan = schedule(stepper, TOTAL_STEPS)
    losses = []
    for (inputs,), target in batches:
        stepper.zero_grad()
        loss = loss_terms(model(inputs), target)["total"]
        loss.backward()
        stepper.step()
        plan.step()
        losses.append(loss.item())
    return losses
