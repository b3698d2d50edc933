"""A model that wants its inputs by name takes them by position, and stays what it is."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from scaffold.reference.blueprint.values import name_of
from scaffold.reference.hybrid import positional


class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Linear(2, 3), nn.Linear(2, 3)

    def forward(self, *, a, unused=None, b):
        assert unused is None
        return self.left(a) - self.right(b)


@pytest.fixture
def batch():
    return torch.randn(2, 4, 2)


def test_inputs_go_to_the_parameters_of_these_names(batch):
    model = Named()
    expected = model(a=batch[0], b=batch[1])

    turned = positional(copy.deepcopy(model), ["b", "a"])
    changed = positional(model, ["a", "b"])

    assert changed is model
    assert torch.equal(changed(batch[0], batch[1]), expected)
    assert torch.equal(turned(batch[1], batch[0]), expected)


def test_parts_keep_their_paths_and_the_class_its_name():
    model = positional(Named(), ["a", "b"])

    assert [path for path, _ in model.named_modules()] == ["", "left", "right"]
    assert name_of(type(model)) == name_of(Named)


def test_a_copy_is_a_model_of_its_own(batch):
    model = positional(Named(), ["a", "b"])
    other = copy.deepcopy(model).double()

    with torch.no_grad():
        model.left.weight.zero_()

    assert other(*batch.double()).dtype is torch.float64
    assert other.left.weight.abs().sum() > 0


def test_a_model_that_takes_its_inputs_by_position_is_left_alone():
    model = nn.Linear(2, 3)

    assert type(positional(model, [])) is nn.Linear


class Nested(nn.Module):
    def forward(self, images, targets=None, *, levels=()):
        return images, targets, levels


def test_dotted_names_are_places_in_lists_and_dictionaries(batch):
    model = positional(Nested(), ["images.*", "targets.*.boxes", "targets.*.labels"])

    images, targets, _ = model(batch, boxes := torch.randn(2, 3, 4), labels := torch.ones(2, 3))

    assert [one.tolist() for one in images] == batch.tolist()
    assert [sorted(one) for one in targets] == [["boxes", "labels"]] * 2
    assert torch.equal(targets[1]["boxes"], boxes[1])
    assert torch.equal(targets[1]["labels"], labels[1])


def test_numbers_are_places_of_a_list_that_are_no_samples(batch):
    model = positional(Nested(), ["images", "levels.0", "levels.1.x"])

    images, _, levels = model(batch[0], batch[1], batch)

    assert torch.equal(images, batch[0])
    assert torch.equal(levels[0], batch[1])
    assert torch.equal(levels[1]["x"], batch)


def test_targets_are_given_in_training_mode_alone_and_to_every_sample(batch):
    model = positional(Nested(), ["images.*"], {"targets": ["one"]})

    assert model.train()(batch)[1] == ["one", "one"]
    assert model.eval()(batch)[1] is None


def test_a_model_with_names_of_its_own_takes_its_inputs_by_position(batch):
    class Own(nn.Module):
        def forward(self, left, right):
            return left - right

    model = positional(Own(), ["a", "b"])

    assert torch.equal(model(batch[0], batch[1]), batch[0] - batch[1])
