"""A nested value keeps its types when its leaves are replaced."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from dataclasses import dataclass

import torch

from scaffold.trace.swap import all_leaves, cast_leaf, cast_to, frozen, swapped

Point = namedtuple("Point", "x y")  # noqa: PYI024 - the untyped form is what references use


@dataclass(frozen=True)
class Frozen:
    value: object


def test_every_kind_of_container_keeps_its_type():
    value = (Point(1, 2), [3, Frozen(4)], OrderedDict(a=5))

    changed = swapped(value, lambda _, leaf: leaf * 10)

    assert changed == (Point(10, 20), [30, Frozen(40)], OrderedDict(a=50))
    assert type(changed[0]) is Point
    assert type(changed[2]) is OrderedDict


def test_the_original_is_not_touched():
    value = {"a": [Frozen(1)]}

    swapped(value, lambda *_: 0)

    assert value == {"a": [Frozen(1)]}


def test_leaves_are_named_by_their_path():
    assert all_leaves({"a": (1, [None]), "b": Frozen("c")}) == {
        "a.0": 1,
        "a.1.0": None,
        "b.value": "c",
    }
    assert all_leaves(7) == {"": 7}


def test_a_frozen_copy_does_not_follow_the_original():
    tensor = torch.ones(2, requires_grad=True)

    copy = frozen([tensor])[0]
    with torch.no_grad():
        tensor += 1

    assert copy.tolist() == [1, 1]
    assert not copy.requires_grad


def test_only_floating_tensors_are_cast():
    whole, real, pair = torch.tensor(1), torch.tensor(1.0), torch.tensor(1j)

    given = cast_to((whole, real, pair, "x"), torch.float64)

    assert [getattr(leaf, "dtype", leaf) for leaf in given] == [
        torch.int64,
        torch.float64,
        torch.complex128,
        "x",
    ]
    assert cast_leaf(None, torch.float64) is None
