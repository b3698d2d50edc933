"""A vision transformer put together from torch's own layers: the model that is reengineered in this repository.

It stands for somebody else's code. Nothing under `src/` imports it; to reengineer another model, replace this
file and write `adapter.py` anew.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

CLASSES = 10
SMOOTHING = 0.1
GAMMA = 1.0
Z_WEIGHT = 1e-4
LR = 3e-3
BETAS = (0.9, 0.999)
ADAM_EPS = 1e-8
DECAY = 0.2
CLIP = 1.0
WARMUP = 0.1


class Patches(nn.Module):
    """A convolution whose stride is its size, then a sequence of its pixels."""

    def __init__(self, size, width):
        super().__init__()
        self.projection = nn.Conv2d(1, width, kernel_size=size, stride=size)

    def forward(self, x):
        """Images to tokens."""
        return self.projection(x).flatten(2).transpose(1, 2)


class Pool(nn.Module):
    """The mean of all tokens."""

    def forward(self, x):
        """Tokens to one vector."""
        return torch.mean(x, 1)


class ReferenceViT(nn.Module):
    """Images of digits to logits."""

    def __init__(self, image=8, patch=2, width=48, depth=3, heads=4, ratio=2, eps=1e-6):
        super().__init__()
        self.patch = Patches(patch, width)
        self.positions = nn.Parameter(torch.zeros(1, (image // patch) ** 2, width))
        layer = nn.TransformerEncoderLayer(
            d_model=width,
            nhead=heads,
            dim_feedforward=ratio * width,
            dropout=0.0,
            activation="gelu",
            layer_norm_eps=eps,
            batch_first=True,
            norm_first=True,
        )
        self.encoder = nn.TransformerEncoder(
            layer, depth, norm=nn.LayerNorm(width, eps=eps), enable_nested_tensor=False
        )
        self.pool = Pool()
        self.head = nn.Linear(width, CLASSES)
        self.init_weights()

    def init_weights(self):
        """Xavier for matrices, zero for biases, a narrow normal for head and positions."""
        for name, p in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(p)
            elif p.dim() == 4:
                nn.init.xavier_uniform_(p.data.flatten(1))
            elif p.dim() == 2:
                nn.init.xavier_uniform_(p)
        nn.init.trunc_normal_(self.head.weight, std=0.02)
        nn.init.trunc_normal_(self.positions, std=0.02)

    def forward(self, x):
        """Images to logits."""
        x = self.patch(x) + self.positions
        return self.head(self.pool(self.encoder(x)))


def losses(logits, labels):
    """Cross entropy on smoothed labels, easy samples down-weighted, plus the z-loss."""
    logp = F.log_softmax(logits, -1)
    hot = F.one_hot(labels, CLASSES).to(logp.dtype)
    soft = hot * (1 - SMOOTHING) + SMOOTHING / CLASSES
    with torch.no_grad():
        weight = (1 - (logp.exp() * hot).sum(-1)) ** GAMMA
    main = -(weight * (soft * logp).sum(-1)).mean()
    z = Z_WEIGHT * torch.logsumexp(logits, -1).pow(2).mean()
    return {"classification": main, "z": z, "total": main + z}


def make_optimizer(model):
    """AdamW; no decay for norms, biases and positions."""
    decay, rest = [], []
    for name, p in model.named_parameters():
        plain = "norm" in name or name.endswith("bias") or name == "positions"
        (rest if plain else decay).append(p)
    groups = [
        {"name": "decay", "params": decay},
        {"name": "no_decay", "params": rest, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=LR, betas=BETAS, eps=ADAM_EPS, weight_decay=DECAY)


def make_schedule(optimizer, total):
    """Linear warm-up over the first tenth, then a cosine down to zero; one step per batch."""
    warm = int(WARMUP * total)

    def scale(i):
        if i < warm:
            return (i + 1) / warm
        return (1 + math.cos(math.pi * (i - warm) / (total - warm))) / 2

    return torch.optim.lr_scheduler.LambdaLR(optimizer, scale)


def evaluate(batches):
    """Accuracy and loss over all samples, from pairs of logits and labels; batches may differ in size."""
    right = total = count = 0
    for logits, labels in batches:
        right += (logits.argmax(-1) == labels).sum().item()
        total += losses(logits, labels)["total"].item() * len(labels)
        count += len(labels)
    return {"accuracy": right / count, "loss": total / count}


def fit(model, batches):
    """Train on a list of batches, once through, and return the loss of every step."""
    model.train()
    optimizer = make_optimizer(model)
    schedule = make_schedule(optimizer, len(batches))
    trace = []
    for images, labels in batches:
        loss = losses(model(images), labels)["total"]
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        schedule.step()
        trace.append(loss.item())
    return trace
