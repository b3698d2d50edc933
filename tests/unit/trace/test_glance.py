"""A look takes each tensor as it passes, and keeps nothing of it."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from scaffold.trace.forward import traced
from scaffold.trace.glance import glanced


class InPlace(nn.Module):
    """A part that works on what it gets, and one that it is called twice."""

    def __init__(self):
        super().__init__()
        self.twice, self.act = nn.Linear(3, 3), nn.ReLU(inplace=True)

    def forward(self, x, *, scale=2.0):
        y = self.act(self.twice(x))
        return self.twice(y) * scale, {"kept": y}


@pytest.fixture
def model():
    torch.manual_seed(0)
    return InPlace().eval()


def test_it_sees_what_a_trace_sees_in_place_work_included(model):
    x = torch.randn(4, 3)

    seen = glanced(model, (x,), lambda leaf: leaf.detach().clone())

    whole = traced(model, (x,))
    assert [(c.part, c.call, c.order, c.done) for c in seen.calls] == [
        (c.part, c.call, c.order, c.done) for c in whole.calls
    ]
    for one, other in zip(seen.calls, whole.calls, strict=True):
        for side in ("inputs", "outputs"):
            mine, theirs = getattr(one, side), getattr(other, side)
            assert all(torch.equal(mine[path], theirs[path]) for path in mine)
            assert set(mine) == {p for p, v in theirs.items() if isinstance(v, torch.Tensor)}


def test_a_tensor_that_is_handed_on_is_looked_at_once(model):
    looks = []

    glanced(model, (torch.randn(4, 3),), lambda leaf: looks.append(leaf.data_ptr()))

    # the input, the first output, what the activation made of it, the second output, the result
    assert len(looks) == 5


def test_a_model_that_raises_gives_what_was_seen_before(model):
    model.act.forward = lambda x: x @ torch.zeros(9, 9)

    seen = glanced(model, (torch.randn(4, 3),), lambda _leaf: 1)

    assert [call.part for call in seen.calls] == ["twice"]
    assert seen.failure.startswith("RuntimeError: mat1 and mat2 shapes")
    assert seen.inside == ("", "act")
    assert not model._forward_hooks
    assert not model._forward_pre_hooks


def test_the_model_and_its_precision_stay_as_they_were(model):
    before = {name: value.clone() for name, value in model.state_dict().items()}

    seen = glanced(model, (torch.randn(4, 3),), lambda leaf: leaf.dtype, dtype=torch.float64)

    assert {kind for call in seen.calls for kind in call.outputs.values()} == {torch.float64}
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
