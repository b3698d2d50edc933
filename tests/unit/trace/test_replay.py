"""One part is called again in either precision, and moved by a unit round-off when asked."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from scaffold.trace.replay import run


def test_a_part_is_replayed_in_its_own_precision_to_the_bit():
    part, x = nn.Linear(8, 8), torch.randn(4, 8)

    assert torch.equal(run(part, (x,), {}).output, part(x))


def test_the_shadow_is_in_float64_and_the_part_is_not():
    part, x = nn.Linear(8, 8), torch.randn(4, 8)

    exact = run(part, (x,), {}, dtype=torch.float64).output

    assert exact.dtype is torch.float64
    assert torch.equal(exact, x.double() @ part.weight.double().T + part.bias.double())
    assert part.weight.dtype is torch.float32


def test_each_turn_moves_everything_a_little_and_another_way():
    part, x = nn.Linear(64, 64), torch.randn(16, 64)
    plain = run(part, (x,), {}).output

    one, two = (run(part, (x,), {}, turn=turn).output for turn in (1, 2))

    assert torch.equal(one, run(part, (x,), {}, turn=1).output)
    assert not torch.equal(one, two)
    assert 0 < (one - plain).norm() / plain.norm() < 1e-6


def test_keywords_are_cast_too():
    part = nn.MultiheadAttention(4, 2, batch_first=True).eval()
    x = torch.randn(1, 3, 4)

    done = run(part, (x,), {"key": x, "value": x, "need_weights": False}, dtype=torch.float64)

    assert done.output[0].dtype is torch.float64
    assert done.output[1] is None


@pytest.mark.parametrize("dtype", [None, torch.float32, torch.float64])
def test_a_part_that_works_in_place_leaves_its_inputs_as_they_were(dtype):
    class Doubled(nn.Module):
        def forward(self, x, *, more):
            return x.mul_(2.0), more.add_(1)

    x, more = torch.ones(2), torch.ones(2, dtype=torch.int64)
    done = run(Doubled(), (x,), {"more": more}, dtype=dtype)

    assert [leaf.tolist() for leaf in done.output] == [[2.0, 2.0], [2, 2]]
    assert x.tolist() == [1.0, 1.0]
    assert more.tolist() == [1, 1]


def test_a_buffer_that_two_parts_share_stays_shared_and_untouched():
    class Counting(nn.Module):
        def __init__(self, counter):
            super().__init__()
            self.register_buffer("counter", counter)

        def forward(self, x):
            self.counter.add_(1)
            return x + self.counter

    shared = torch.zeros(1)
    model = nn.Sequential(Counting(shared), Counting(shared))

    assert run(model, (torch.zeros(1),), {}).output.tolist() == [3.0]
    assert shared.tolist() == [0.0]
    assert model[0].counter is model[1].counter is shared


def test_buffers_are_put_back_when_a_part_raises():
    class Raising(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("counter", torch.zeros(1))

        def forward(self, _x):
            self.counter = self.counter + 1
            raise ValueError("mine")

    model = Raising()
    before = model.counter

    with pytest.raises(ValueError, match=r"^mine$"):
        run(model, (torch.zeros(1),), {})
    assert model.counter is before
