"""Each probe has the shape and kind of the real batch, or a reason why it is not asked."""

from __future__ import annotations

import torch

from scaffold.reference.probes import probes

IMAGES = torch.rand(4, 3, 8, 8)


def asked(*real):
    return {probe.name: probe for probe in probes(real, seed=0)}


def test_images_are_asked_in_every_way():
    found = asked(IMAGES)

    assert {name: tuple(probe.inputs[0].shape) for name, probe in found.items()} == {
        "normal": (2, 3, 8, 8),
        "times-20": (2, 3, 8, 8),
        "low-variance": (2, 3, 8, 8),
        "constant": (2, 3, 8, 8),
        "batch-1": (1, 3, 8, 8),
        "real": (4, 3, 8, 8),
        "odd-size": (2, 3, 9, 9),
        "non-square": (2, 3, 8, 12),
    }


def test_each_kind_is_what_it_says():
    found = {name: probe.inputs[0] for name, probe in asked(IMAGES).items()}

    assert 0.85 < found["normal"].std() < 1.15
    assert found["times-20"].std() > 15
    assert found["low-variance"].std() < 0.02
    assert found["constant"].unique().tolist() == [0.5]
    assert torch.equal(found["real"], IMAGES)
    assert not torch.equal(found["normal"][:1], found["batch-1"])


def test_the_same_seed_asks_the_same():
    one, two = asked(IMAGES), asked(IMAGES)

    assert all(torch.equal(one[name].inputs[0], two[name].inputs[0]) for name in one)


def test_whole_numbers_stay_in_their_range_and_have_no_scale():
    found = asked(torch.tensor([[3, 9, 5], [4, 3, 7]]))

    assert found["normal"].inputs[0].dtype is torch.int64
    assert found["normal"].inputs[0].min() >= 3
    assert found["normal"].inputs[0].max() <= 9
    assert found["times-20"].refused == "the inputs are whole numbers, which have no scale"


def test_a_batch_without_space_is_not_resized():
    found = asked(torch.rand(4, 5))

    assert found["odd-size"].refused == "no input has axes of such a size"
    assert found["non-square"].refused == "no input has axes of such a size"


def test_a_sequence_is_asked_with_an_odd_length():
    assert asked(torch.rand(4, 6, 5))["odd-size"].inputs[0].shape == (2, 7, 5)
    assert asked(torch.rand(4, 7, 5))["odd-size"].inputs[0].shape == (2, 9, 5)


def test_truth_values_are_taken_from_the_real_batch():
    mask = torch.tensor([[True, False], [False, False]])

    found = asked(torch.rand(2, 2), mask)

    assert torch.equal(found["normal"].inputs[1], mask)
