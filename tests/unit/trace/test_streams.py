"""Streams are frozen: the numbers below may never change, or every bundle would be wrong."""

import numpy as np
import torch

from scaffold.trace import streams

FIRST = [0.47776827216148376, 1.5691295862197876, 0.5527541041374207]


def test_a_stream_is_the_same_for_ever():
    drawn = streams.spread((3,), 0, "path")

    assert drawn.tolist() == FIRST


def test_a_stream_depends_on_its_path_alone():
    together = streams.gradients({"a": [2], "b": [2]}, seed=3, step=1)
    alone = streams.gradients({"b": [2]}, seed=3, step=1)

    assert torch.equal(together["b"], alone["b"])
    assert not torch.equal(together["a"], together["b"])


def test_an_element_keeps_its_scale_over_the_steps():
    steps = [streams.gradients({"w": [4000]}, seed=0, step=step)["w"] for step in range(40)]

    size = torch.stack(steps).abs().amax(0)
    assert size.min() < 2e-9
    assert size.max() > 10
    assert torch.stack(steps).abs().log2().std(0).median() < 2.5


def test_nudging_moves_every_element_by_one_unit_round_off():
    value = torch.linspace(1, 2, 9)

    moved = streams.nudged(value, 1)

    assert (moved != value).all()
    assert ((moved - value).abs() / value).max() <= 2 * torch.finfo(torch.float32).eps


def test_nudging_leaves_classes_alone():
    classes = torch.tensor([1, 2])

    assert streams.nudged(classes, 1) is classes


def test_numbers_have_mean_zero_and_deviation_one():
    drawn = streams.spread((20000,), 0).numpy()

    assert abs(np.mean(drawn)) < 0.03
    assert abs(np.std(drawn) - 1) < 0.02
