"""Seeing what reaches every part changes no bit of any gradient."""

import torch
from torch import nn

from scaffold.trace.backward import cotangents, pulled_alone


class Net(nn.Module):
    """Shared parts, a residual, an in-place activation, a tuple, an output that nobody uses."""

    def __init__(self):
        super().__init__()
        self.enter = nn.Linear(6, 8)
        self.act = nn.ReLU(inplace=True)
        self.same = nn.Linear(8, 8)
        self.pair = Pair()
        self.leave = nn.Linear(8, 3)

    def forward(self, x):
        x = self.act(self.enter(x))
        x = x + self.same(self.same(x))
        one, _two = self.pair(x)
        return self.leave(one)


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Linear(8, 8), nn.Linear(8, 8)

    def forward(self, x):
        return self.left(x), self.right(x)


def slopes(model, x, u):
    model.zero_grad()
    x = x.clone().requires_grad_()
    (model(x) * u).sum().backward()
    found = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    return {**found, "x": x.grad}


def test_gradients_are_bit_equal_with_and_without_the_recorder():
    torch.manual_seed(0)
    model, x, u = Net(), torch.randn(16, 6), torch.randn(16, 3)

    plain = slopes(model, x, u)
    with cotangents(model):
        seen = slopes(model, x, u)

    assert plain.keys() == seen.keys()
    assert all(plain[name].numpy().tobytes() == seen[name].numpy().tobytes() for name in plain)
    assert not model._forward_hooks


def test_a_cotangent_is_kept_per_part_and_call_and_none_where_nothing_flows():
    torch.manual_seed(0)
    model, x, u = Net(), torch.randn(16, 6), torch.randn(16, 3)

    with cotangents(model) as found:
        slopes(model, x, u)

    assert set(found) == {
        ("", 0), ("enter", 0), ("act", 0), ("same", 0), ("same", 1), ("pair", 0),
        ("pair.left", 0), ("leave", 0),
    }  # fmt: skip
    torch.testing.assert_close(found["", 0][""], u, rtol=0, atol=0)
    assert found["pair", 0].keys() == {"0"}
    torch.testing.assert_close(found["pair.left", 0][""], u @ model.leave.weight)


def test_a_part_alone_gives_the_gradients_of_the_inner_product():
    part, x, u = nn.Linear(2, 3), torch.randn(4, 2), torch.randn(4, 3)

    back = pulled_alone(part, (x,), {}, {"": u})

    torch.testing.assert_close(back.parameters["weight"], u.T @ x)
    torch.testing.assert_close(back.inputs["0"], u @ part.weight)
    assert part.weight.grad is None
    assert not x.requires_grad


def test_what_nothing_depends_on_has_zeros_and_in_place_work_is_allowed():
    part = nn.Sequential(nn.ReLU(inplace=True))
    part.register_parameter("idle", nn.Parameter(torch.ones(2)))

    back = pulled_alone(part, (torch.tensor([-1.0, 2.0]),), {}, {"": torch.ones(2)})

    assert back.inputs["0"].tolist() == [0.0, 1.0]
    assert back.parameters["idle"].tolist() == [0.0, 0.0]


def test_a_part_is_computed_in_float64_with_its_plain_tensors():
    back = pulled_alone(Scaled(), (torch.ones(2),), {}, {"": torch.ones(2)}, dtype=torch.float64)

    assert back.inputs["0"].dtype == torch.float64


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = torch.tensor(1 / 3)

    def forward(self, x):
        assert self.scale.dtype == x.dtype
        return x * self.scale
