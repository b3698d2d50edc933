"""The init driver builds from seeds and leaves the generator alone."""

import torch
from torch import nn

from scaffold.trace.init import starts


def build(size):
    assert size == "twin"
    return nn.BatchNorm1d(2) if torch.rand(()) < 0 else nn.Linear(2, 2)


def test_a_seed_gives_one_start():
    first, second, again = starts(build, [1, 2, 1])

    assert torch.equal(first["weight"], again["weight"])
    assert not torch.equal(first["weight"], second["weight"])


def test_the_global_generator_is_left_as_it_was():
    before = torch.get_rng_state()

    starts(build, [1])

    assert torch.equal(before, torch.get_rng_state())
