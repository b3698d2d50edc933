"""The same model from the ground, and the same training; mutants replace lines of this file."""

import math

import torch
from torch import nn

WIDTH, TOKENS, CLASSES, HEADS = 16, 16, 10, 2
EPS = 1e-6


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Linear(WIDTH, WIDTH)
        self.key = nn.Linear(WIDTH, WIDTH)
        self.value = nn.Linear(WIDTH, WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        def heads(part):
            return part.unflatten(-1, (HEADS, -1)).transpose(1, 2)

        q, k, v = heads(self.query(x)), heads(self.key(x)), heads(self.value(x))
        weights = (q @ k.mT / math.sqrt(q.shape[-1])).softmax(-1)
        return self.out((weights @ v).transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before = nn.LayerNorm(WIDTH, eps=EPS)
        self.attention = Attention()
        self.between = nn.LayerNorm(WIDTH, eps=EPS)
        self.up = nn.Linear(WIDTH, 2 * WIDTH)
        self.down = nn.Linear(2 * WIDTH, WIDTH)

    def forward(self, x):
        x = x + self.attention(self.before(x))
        hidden = self.up(self.between(x))
        return x + self.down(0.5 * hidden * (1 + torch.erf(hidden / math.sqrt(2))))


def start_linear(weight, *, fused):
    # Theirs draws query, key and value as one matrix of three times the height.
    bound = math.sqrt(6 / (sum(weight.shape) + 2 * WIDTH * fused))
    nn.init.uniform_(weight, -bound, bound)


def start_places(places):
    nn.init.trunc_normal_(places, std=0.02, a=-0.04, b=0.04)


class Ours(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(1, WIDTH, 2, 2)
        self.batch_norm = nn.BatchNorm2d(WIDTH, momentum=0.1)
        self.places = nn.Parameter(torch.zeros(1, TOKENS, WIDTH))
        self.blocks = nn.ModuleList([Block(), Block()])
        self.last = nn.LayerNorm(WIDTH, eps=EPS)
        self.classes = nn.Linear(WIDTH, CLASSES)
        for name, module in self.named_modules():
            if isinstance(module, nn.Linear):
                start_linear(module.weight, fused=name.endswith(("query", "key", "value")))
                nn.init.zeros_(module.bias)
        nn.init.zeros_(self.patches.bias)
        start_places(self.places)

    def forward(self, x):
        x = self.batch_norm(self.patches(x)).flatten(2).mT + self.places
        for block in self.blocks:
            x = block(x)
        return self.classes(self.last(x).mean(1))


def build(size="twin"):
    assert size == "twin"
    return Ours()


def log_softmax(x):
    return x - x.logsumexp(-1, keepdim=True)


def loss_terms(output, target):
    logs = log_softmax(output)
    right = logs[torch.arange(len(target)), target]
    weight = (1 - right.exp()).square().detach()
    truth = torch.full_like(logs, 0.1 / CLASSES)
    truth[torch.arange(len(target)), target] += 0.9
    each = -(truth * logs).sum(-1)
    classification = (weight * each).mean()
    z = 1e-4 * (output.logsumexp(-1) ** 2).mean()
    return {"classification": classification, "z": z, "total": classification + z}


def is_decayed(name):
    return not any(word in name for word in ("bias", "norm", "before", "between", "last", "places"))


def groups(model):
    named = list(model.named_parameters())
    return [
        {"params": [p for name, p in named if is_decayed(name)], "weight_decay": 0.05},
        {"params": [p for name, p in named if not is_decayed(name)], "weight_decay": 0.0},
    ]


def optimizer(model):
    return torch.optim.AdamW(groups(model), lr=3e-3, betas=(0.9, 0.999), eps=1e-8)


def factor(step, total):
    warm = total // 10
    if step < warm:
        return (step + 1) / warm
    return (1 + math.cos(math.pi * (step - warm) / (total - warm))) / 2


def schedule(optimizer, total_steps):
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: factor(step, total_steps))


def train(model, batches):
    model.train()
    made = optimizer(model)
    rate = schedule(made, 400)
    losses = []
    for inputs, target in batches:
        made.zero_grad()
        loss = loss_terms(model(*inputs), target)["total"]
        loss.backward()
        clip(list(model.parameters()))
        made.step()
        rate.step()
        losses.append(float(loss.detach()))
    return losses


def clip(parameters):
    norm = torch.cat([p.grad.flatten() for p in parameters]).norm()
    if norm > 1.0:
        for p in parameters:
            p.grad.mul_(1.0 / (norm + 1e-6))
