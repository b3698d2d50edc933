"""Show the reference encoder to the recorder."""

import torch
from model import Reference


def build(size="twin"):
    return Reference(depth=2 if size == "twin" else 3)


def example_batch():
    images = torch.arange(3 * 64, dtype=torch.float32).reshape(3, 1, 8, 8)
    return (torch.sin(images * images / 7.0),), torch.tensor([0, 1, 2])
