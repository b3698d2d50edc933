"""How to build, feed and train the reference: the functions that `scaffold record` calls."""

import model as reference
import torch

TOTAL_STEPS = 60 * 19
"""Steps of a whole training: 60 epochs of 1,257 images in batches of 64."""


def build(size="twin"):
    """Build the network with fresh weights: `full`, or the smallest one with every class and every path."""
    if size == "full":
        return reference.ReferenceViT()
    return reference.ReferenceViT(width=16, depth=2, heads=2)


def example_batch():
    """Give four real images with their labels."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = torch.tensor(digits.images[:4], dtype=torch.float32)[:, None] / 16
    return (images,), torch.tensor(digits.target[:4])


def loss_terms(output, target):
    """Compute every term of the loss, and `total`."""
    return reference.losses(output, target)


def optimizer(model):
    """Build the optimizer with its parameter groups."""
    return reference.make_optimizer(model)


def schedule(optimizer, total_steps):
    """Build the schedule of the learning rate."""
    return reference.make_schedule(optimizer, total_steps)


def train(model, batches):
    """Train on batches, in place, and return the total loss of every step."""
    return reference.fit(model, [(inputs[0], target) for inputs, target in batches])
