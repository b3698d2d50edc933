"""Randomness can be put back."""

from __future__ import annotations

import random

import numpy as np
import torch
from hydra.utils import instantiate

from digits_vit.training import randomness


def draw():
    """Draw a number from every global generator."""
    return random.random(), np.random.random(), torch.rand(1).item()  # noqa: S311


def test_restored_states_draw_the_same_numbers_again(tmp_path):
    torch.save(randomness.states(), tmp_path / "states.pt")
    first = draw()

    randomness.restore(torch.load(tmp_path / "states.pt", weights_only=True))

    assert draw() == first
    assert draw() != first


def test_a_network_in_evaluation_gives_the_same_answer_twice(compose):
    network = instantiate(compose().model).eval()
    images = torch.randn(3, 1, 8, 8)

    assert torch.equal(network(images), network(images))
