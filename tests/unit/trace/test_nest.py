"""Nested outputs are described in JSON and put together again."""

import json
from dataclasses import dataclass
from typing import NamedTuple

import pytest
import torch

from scaffold.trace import nest


class Pair(NamedTuple):
    left: object
    right: object


@dataclass
class Output:
    logits: torch.Tensor
    extra: object = None


def test_a_bare_tensor_has_the_empty_path():
    value = torch.ones(2)

    assert list(nest.leaves(value)) == [""]
    assert nest.rebuilt(nest.outline(value), {"": value}) is value


@pytest.mark.parametrize(
    "value",
    [
        (torch.ones(1), [torch.zeros(2), 3]),
        {"a": torch.ones(1), "b": {"c": torch.zeros(1), "d": None}},
        Pair(torch.ones(1), (torch.zeros(1),)),
        Output(torch.ones(1), {"hidden": torch.zeros(1)}),
    ],
)
def test_an_outline_survives_json_and_gives_the_same_leaves(value):
    outline = json.loads(json.dumps(nest.outline(value)))

    again = nest.rebuilt(outline, nest.leaves(value))

    assert list(nest.leaves(again)) == list(nest.leaves(value))


def test_a_rebuilt_dataclass_is_reached_by_attribute():
    value = Output(torch.ones(1))

    again = nest.rebuilt(nest.outline(value), nest.leaves(value))

    assert again.logits is value.logits
    assert again.extra is None
    with pytest.raises(AttributeError, match="missing"):
        _ = again.missing
