"""The same block, written again."""

import math

import torch
from torch import nn

EPS = 1e-6
IGNORED = -100


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(8))
        self.bias = nn.Parameter(torch.zeros(8))

    def forward(self, x):
        centred = x - x.mean(-1, keepdim=True)
        return (
            centred / (centred.square().mean(-1, keepdim=True) + EPS).sqrt() * self.weight
            + self.bias
        )


class Bend(nn.Module):
    def forward(self, x):
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.before, self.widen = Norm(), nn.Linear(8, 16)
        self.bend, self.narrow = Bend(), nn.Linear(16, 8)

    def forward(self, x):
        return x + self.narrow(self.bend(self.widen(self.before(x))))


def build(size="twin"):  # noqa: ARG001 - there is one size
    return Residual()


def loss_terms(output, target):
    kept = target != IGNORED
    log_p, target = output.log_softmax(-1)[kept], target[kept]
    picked = log_p.gather(-1, target[:, None])[:, 0]
    entropy = -(0.9 * picked + 0.1 * log_p.mean(-1)).mean()
    return {"entropy": entropy, "total": entropy}


def optimizer(model):
    return torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05)


def schedule(optimizer, total_steps):
    return torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: 1 - 0.9 * min(step, total_steps) / total_steps
    )


def train(model, batches):
    stepper = optimizer(model)
    plan = schedule(stepper, 20)
    losses = []
    for (inputs,), target in batches:
        loss = loss_terms(model(inputs), target)["total"]
        stepper.zero_grad()
        loss.backward()
        stepper.step()
        plan.step()
        losses.append(loss.item())
    return losses
