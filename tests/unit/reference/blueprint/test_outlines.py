"""Of the tensors of a run a blueprint keeps what tells them apart, and nothing of their size."""

import pytest
import torch
from torch import nn

from scaffold.reference.blueprint.outlines import StandIns, checksum, differs
from scaffold.trace.forward import watched
from scaffold.trace.keep import Keeper


def seen(model, x):
    with torch.no_grad(), watched(model, keeper=Keeper(store=StandIns())) as calls:
        model(x)
    return {call.part: call for call in calls}


def test_a_stand_in_has_shape_and_type_and_no_memory():
    (call,) = seen(nn.Linear(3, 2), torch.zeros(4, 3)).values()

    assert (call.output.shape, call.output.dtype) == ((4, 2), torch.float32)
    assert call.output.device.type == "meta"


def test_one_tensor_has_one_stand_in_until_it_is_written_to():
    calls = seen(nn.Sequential(nn.Linear(3, 3), nn.ReLU(inplace=True)), torch.ones(2, 3))

    assert calls["0"].output is calls["1"].args[0]
    assert calls["1"].output is not calls["1"].args[0]
    assert calls["1"].output is calls[""].output


@pytest.mark.parametrize(
    "value",
    [
        torch.randn(5),
        torch.randn(3, 4).T,
        torch.tensor(1.5),
        torch.randn(4, dtype=torch.bfloat16),
        torch.tensor([True, False]),
        torch.randn(3, dtype=torch.complex64).conj(),
        torch.arange(5),
    ],
    ids=lambda value: str(value.dtype),
)
def test_a_checksum_is_that_of_the_numbers(value):
    other = value.clone(memory_format=torch.contiguous_format)
    assert checksum(value) == checksum(other)

    other.view(-1)[0] = 0 if other.view(-1)[0] else 7
    assert checksum(value) != checksum(other)


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (torch.ones(2), torch.ones(2), False),
        (torch.ones(2), torch.zeros(2), True),
        (torch.ones(2), torch.ones(2, 1), True),
        (torch.ones(2), torch.ones(2, dtype=torch.float64), True),
        (torch.full((2,), torch.nan), torch.full((2,), torch.nan), False),
        ({"a": torch.ones(1)}, {"b": torch.ones(1)}, True),
        ((torch.ones(1), 3), (torch.ones(1), 4), False),
        ((torch.ones(1), None), (torch.ones(1), torch.ones(1)), True),
    ],
)
def test_values_differ_by_path_shape_type_or_number(one, two, expected):
    assert differs(one, two) is expected


def test_a_stand_in_is_compared_by_its_checksum():
    x = torch.randn(2, 3)
    model = nn.Linear(3, 3)
    first = seen(model, x)[""]

    assert not differs(first.output, seen(model, x)[""].output)
    assert not differs(first.output, model(x))
    assert differs(first.output, model(x + 1))
