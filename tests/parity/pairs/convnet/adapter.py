"""Show the reference network to the recorder."""

import torch
from model import Reference


def build(size="twin"):
    return Reference(units=2 if size == "twin" else 3)


def example_batch():
    images = torch.arange(2 * 3 * 64, dtype=torch.float32).reshape(2, 3, 8, 8)
    return (torch.cos(images * images / 11.0),), torch.tensor([0, 1])
