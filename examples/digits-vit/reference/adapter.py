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


# What a reference may have beyond that. What is defined here is compared, and the other side has to have it too;
# `ema(model)` and `train_ema(model, batches)`, for averaged weights, are left out: this reference has none.


def data_sources():
    """Give two raw samples; a reference that reads files gives their bytes."""
    from sklearn.datasets import load_digits

    images = load_digits().images
    return {"a zero": images[0], "a one": images[1]}


def data_steps():
    """Give each operation from there to the input of the model, in order; a random one as (draw, apply)."""
    return {"image": lambda grey: torch.tensor(grey, dtype=torch.float32)[None] / 16}


def metrics(batches):
    """Report what an evaluation reports, from pairs of output and target."""
    return reference.evaluate(batches)
