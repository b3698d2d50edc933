"""A reference that averages its weights, reads bytes, and reports numbers."""

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


def example_batch():
    draw = torch.Generator().manual_seed(1)
    return (torch.randn(9, 4, generator=draw),), torch.arange(9) % CLASSES


def loss_terms(output, target):
    return {"total": nn.functional.cross_entropy(output, target)}


class Average:
    """Warmed up; statistics are copied and not averaged."""

    def __init__(self, model):
        self.shadow = {name: value.clone() for name, value in model.state_dict().items()}
        self.learned = {name for name, _ in model.named_parameters()}
        self.steps = 0

    def update(self, model):
        self.steps += 1
        decay = min(0.9, (1 + self.steps) / (10 + self.steps))
        for name, value in model.state_dict().items():
            if name in self.learned:
                self.shadow[name].mul_(decay).add_(value, alpha=1 - decay)
            else:
                self.shadow[name].copy_(value)

    def state_dict(self):
        return self.shadow


def ema(model):
    return Average(model)


def _fit(model, batches):
    model.train()
    average = Average(model)
    stepper = torch.optim.SGD(model.parameters(), lr=0.1)
    losses = []
    for (x,), target in batches:
        stepper.zero_grad()
        loss = loss_terms(model(x), target)["total"]
        loss.backward()
        stepper.step()
        average.update(model)
        losses.append(loss.item())
    return losses, average


def optimizer(model):
    return torch.optim.SGD(model.parameters(), lr=0.1)


def train(model, batches):
    return _fit(model, batches)[0]


def train_ema(model, batches):
    return _fit(model, batches)[1]


def data_sources():
    y, x = np.mgrid[:24, :32]
    bands = [128 + 100 * np.sin(x / 3 + k) * np.cos(y / (4 + k)) + 9 * k for k in range(3)]
    picture = Image.fromarray(np.stack(bands, -1).clip(0, 255).astype(np.uint8))
    file = io.BytesIO()
    picture.save(file, format="PNG")
    return {"waves.png": file.getvalue()}


def _crop(image, at):
    x, y = at
    return image[:, y : y + 8, x : x + 8]


def _draw(seed):
    x, y = np.random.default_rng(seed).integers(0, 5, size=2)
    return int(x), int(y)


def data_steps():
    return {
        "decode": lambda raw: Image.open(io.BytesIO(raw)).convert("RGB"),
        "resize": lambda image: image.resize((16, 12), Image.Resampling.BILINEAR),
        "to float": lambda image: np.asarray(image, dtype=np.float32) / 255,
        "normalise": lambda image: (image - np.float32(MEAN)) / np.float32(STD),
        "layout": lambda image: image.transpose(2, 0, 1),
        "crop": (_draw, _crop),
    }


def metrics(batches):
    output = torch.cat([one for one, _ in batches])
    target = torch.cat([two for _, two in batches])
    kept = target >= 0
    output, target = output[kept], target[kept]
    best = output.argmax(-1)
    two = output.topk(2).indices
    recalls = [(best[target == k] == k).float().mean() for k in target.unique()]
    return {
        "right": int((best == target).sum()),
        "accuracy": (best == target).float().mean(),
        "top 2": (two == target[:, None]).any(-1).float().mean(),
        "macro recall": torch.stack(recalls).mean(),
        "loss": float(nn.functional.cross_entropy(output, target)),
    }
