"""The same, written again; mutants and harmless rewrites replace lines of this file."""

import io

import numpy as np
import torch
from PIL import Image
from torch import nn

MEAN, STD, CLASSES = (0.4, 0.5, 0.6), (0.2, 0.25, 0.3), 6


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.enter = nn.Linear(4, 8)
        self.norm = nn.BatchNorm1d(8)
        self.leave = nn.Linear(8, CLASSES)

    def forward(self, x):
        return self.leave(torch.relu(self.norm(self.enter(x))))


def build(size="twin"):  # noqa: ARG001 - there is one size
    return Net()


def loss_terms(output, target):
    return {"total": nn.functional.cross_entropy(output, target)}


def decay_at(step):
    return min(0.9, (1 + step) / (10 + step))


def averaged(old, new, step):
    return old.lerp(new, 1 - decay_at(step))


class Average(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.module = Net().to(next(model.parameters()).dtype)
        self.module.load_state_dict(model.state_dict())
        self.count = 0

    @torch.no_grad()
    def update(self, model):
        self.count += 1
        for old, new in zip(self.module.parameters(), model.parameters(), strict=True):
            old.copy_(averaged(old, new, self.count))
        for old, new in zip(self.module.buffers(), model.buffers(), strict=True):
            old.copy_(new)


def ema(model):
    return Average(model)


def optimizer(model):
    return torch.optim.SGD(model.parameters(), lr=0.1)


def fit(model, batches):
    model.train()
    average, stepper, losses = Average(model), optimizer(model), []
    for inputs, target in batches:
        stepper.zero_grad()
        loss = loss_terms(model(*inputs), target)["total"]
        loss.backward()
        stepper.step()
        average.update(model)
        losses.append(float(loss.detach()))
    return losses, average


def train(model, batches):
    return fit(model, batches)[0]


def train_ema(model, batches):
    return fit(model, batches)[1]


def draw(seed):
    rng = np.random.default_rng(seed)
    return int(rng.integers(0, 5)), int(rng.integers(0, 5))


def crop(image, corner):
    left, top = corner
    return image[:, top : top + 8, left : left + 8]


def data_steps():
    return {
        "decode": lambda raw: Image.open(io.BytesIO(raw)).convert("RGB"),
        "resize": lambda image: image.resize((16, 12), Image.Resampling.BILINEAR),
        "to float": lambda image: torch.from_numpy(np.array(image)).float() / 255,
        "normalise": lambda x: (x - torch.tensor(MEAN)) / torch.tensor(STD),
        "layout": lambda x: x.permute(2, 0, 1),
        "crop": (draw, crop),
    }


def top(output, target, k):
    return (output.topk(k).indices == target[:, None]).any(-1).float().mean()


def metrics(batches):
    kept = [(o[t >= 0], t[t >= 0]) for o, t in batches]
    output, target = (torch.cat(several) for several in zip(*kept, strict=True))
    hits = output.argmax(-1) == target
    seen = [k for k in range(CLASSES) if (target == k).any()]
    return {
        "right": int(hits.sum()),
        "accuracy": hits.sum() / len(hits),
        "top 2": top(output, target, 2),
        "macro recall": sum(hits[target == k].float().mean() for k in seen) / len(seen),
        "loss": loss_terms(output, target)["total"],
    }
