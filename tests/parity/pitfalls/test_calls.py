"""Parts that are called several times, held twice, or tied."""

from __future__ import annotations

import torch
from torch import nn

from scaffold.trace.forward import traced
from scaffold.trace.replay import run

X = torch.randn(4, 8, generator=torch.Generator().manual_seed(0))
TOKENS = torch.tensor([[0, 3, 5, 1], [7, 7, 2, 9]])


class Shared(nn.Module):
    """One part under two names."""

    def __init__(self, *, bend=True):
        super().__init__()
        self.first = nn.Linear(8, 8)
        self.second = self.first
        self.tail = nn.Linear(8, 8)
        self.bend = bend

    def forward(self, x):
        y = self.first(x)
        return self.tail(self.second(torch.tanh(y) if self.bend else y))


class Repeated(nn.Module):
    def __init__(self, times):
        super().__init__()
        self.step, self.times = nn.Linear(8, 8), times

    def forward(self, x):
        for _ in range(self.times):
            x = torch.tanh(self.step(x))
        return x


class Tied(nn.Module):
    def __init__(self, *, tied=True):
        super().__init__()
        self.embed = nn.Embedding(11, 8)
        self.head = nn.Linear(8, 11, bias=False)
        if tied:
            self.head.weight = self.embed.weight

    def forward(self, tokens):
        return self.head(self.embed(tokens))


def test_every_call_of_a_shared_part_is_kept_apart_under_its_first_name():
    trace = traced(Shared().eval(), [X])

    assert [(c.part, c.call) for c in trace.calls] == [
        ("", 0),
        ("first", 0),
        ("first", 1),
        ("tail", 0),
    ]
    assert torch.equal(trace.find("first", 1).args[0], trace.find("first", 0).output.tanh())


def test_beginnings_and_ends_share_one_clock():
    trace = traced(Shared().eval(), [X])

    assert [(c.order, c.done) for c in trace.calls] == [(0, 7), (1, 2), (3, 4), (5, 6)]


def test_a_shared_part_is_compared_call_by_call(compared):
    assert compared(Shared(), Shared(), X).agrees

    found = compared(Shared(), Shared(bend=False), X)

    assert found.first.place == "glue before first"


def test_a_float64_run_puts_the_weights_of_a_shared_part_back():
    model = Shared().eval()

    exact = run(model, (X,), {}, dtype=torch.float64).output

    assert exact.dtype is torch.float64
    assert {value.dtype for value in model.state_dict().values()} == {torch.float32}
    assert model.second is model.first


def test_a_float64_run_keeps_tied_weights_tied():
    model = Tied().eval()

    assert run(model, (TOKENS,), {}, dtype=torch.float64).output.dtype is torch.float64
    assert model.head.weight is model.embed.weight
    assert model.embed.weight.dtype is torch.float32


def test_a_call_too_few_or_too_many_is_caught(compared):
    assert compared(Repeated(3), Repeated(3), X).agrees

    few, many = compared(Repeated(3), Repeated(2), X), compared(Repeated(2), Repeated(3), X)

    assert few.first.place == "glue before step"
    assert "theirs calls it at least 3 times, ours 2 times" in few.first.because
    assert many.first.place == "the model"


def test_weights_that_are_tied_may_be_held_apart_and_not_the_other_way(compared):
    assert compared(Tied(), Tied(), TOKENS).agrees
    assert compared(Tied(), Tied(tied=False), TOKENS).agrees

    assert not compared(Tied(tied=False), Tied(), TOKENS).agrees
