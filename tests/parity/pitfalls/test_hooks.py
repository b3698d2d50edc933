"""What a recorder does to the model that it watches: nothing."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as fn

from scaffold.trace.forward import traced, watched

X = torch.randn(4, 8, generator=torch.Generator().manual_seed(0))


class InPlace(nn.Module):
    """A part that overwrites what it has computed."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(8, 8)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.linear(x)).mul_(2.0)


class Copied(InPlace):
    """The same without a write; or with the one mistake that the writes invite."""

    def __init__(self, *, late=False):
        super().__init__()
        self.relu = nn.ReLU()
        self.late = late

    def forward(self, x):
        hidden = self.linear(x)
        seen = self.relu(hidden)
        return (hidden if self.late else seen) * 2.0


class Twice(nn.Module):
    """Uses its input twice, so that gradients are summed, and one part twice."""

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(8, 8), nn.Linear(8, 8)
        self.bend = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.bend(self.first(x)) + x.sin()
        return self.last(self.bend(self.first(y)) + y)


def test_what_is_overwritten_in_place_is_recorded_as_it_was():
    trace = traced(InPlace().eval(), [X])

    before, after = trace.find("relu"), trace.find("relu").output
    assert torch.equal(before.args[0], trace.find("linear").output)
    assert (before.args[0] < 0).any()
    assert torch.equal(after, fn.relu(before.args[0]))
    assert torch.equal(trace.find("").output, 2 * after)


def test_writing_in_place_is_another_way_to_write_the_same(compared):
    theirs = nn.Sequential(InPlace(), nn.Linear(8, 8))

    assert compared(theirs, nn.Sequential(Copied(), nn.Linear(8, 8)), X).agrees


def test_using_what_the_reference_has_overwritten_by_then_is_caught(compared):
    theirs = nn.Sequential(InPlace(), nn.Linear(8, 8))

    found = compared(theirs, nn.Sequential(Copied(late=True), nn.Linear(8, 8)), X)

    assert found.first.place == "0"


def test_the_hooks_leave_the_output_alone():
    model = InPlace().eval()
    plain = model(X)

    with watched(model) as calls:
        seen = model(X)

    assert torch.equal(plain, seen)
    assert len(calls) == 3
    assert not any(module._forward_hooks for module in model.modules())


def test_a_hook_of_the_reference_is_recorded_with_the_part_that_it_changes(compared):
    class Hooked(nn.Sequential):
        def __init__(self):
            super().__init__(nn.Linear(8, 8), nn.Linear(8, 8))
            self[0].register_forward_hook(lambda _module, _args, output: output * 2.0)
            self[1].register_forward_pre_hook(lambda _module, args: (args[0] + 1.0,))

    class Doubled(nn.Linear):
        def forward(self, x):
            return super().forward(x) * 2.0

    class Written(nn.Sequential):
        def __init__(self, first):
            super().__init__(first, nn.Linear(8, 8))

        def forward(self, x):
            return self[1](self[0](x) + 1.0)

    assert compared(Hooked(), Written(Doubled(8, 8)), X).agrees
    assert compared(Hooked(), Written(nn.Linear(8, 8)), X).first.place == "0"


@pytest.mark.parametrize("times", [1, 2])
def test_gradients_are_the_same_to_the_bit_with_and_without_the_recorder(times):
    model = Twice()

    def gradients():
        model.zero_grad()
        for _ in range(times):
            model(X).square().sum().backward()
        return [value.grad.clone() for value in model.parameters()]

    plain = gradients()
    with watched(model):
        seen = gradients()

    assert all(torch.equal(a, b) for a, b in zip(plain, seen, strict=True))


def test_a_hook_on_the_backward_pass_would_change_the_gradients():
    """The negative control: torch wraps the output, so a write in place is refused."""
    model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(inplace=True))
    model[0].register_full_backward_hook(lambda *_: None)

    with pytest.raises(RuntimeError, match="is a view and is being modified inplace"):
        model(X).sum().backward()


def test_a_run_that_raises_says_where_and_keeps_what_was_seen():
    trace = traced(nn.Sequential(nn.Linear(8, 3), nn.Linear(4, 3)).eval(), [X])

    assert trace.failure.startswith("RuntimeError: mat1 and mat2 shapes")
    assert trace.inside == ("", "1")
    assert [call.part for call in trace.calls] == ["0"]
