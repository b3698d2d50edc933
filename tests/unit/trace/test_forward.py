"""Calls are found again by part and number; the pitfalls of recording have a suite of their own."""

from __future__ import annotations

import torch
from torch import nn

from scaffold.trace.forward import traced


def test_calls_are_found_by_part_and_number():
    trace = traced(nn.Sequential(nn.Linear(2, 2), nn.ReLU()).eval(), [torch.ones(1, 2)])

    assert trace.find("1").kind == "ReLU"
    assert trace.find("1", 1) is None
    assert (trace.count("0"), trace.count("2")) == (1, 0)


def test_inputs_are_named_by_position_and_by_keyword():
    class Root(nn.Module):
        def __init__(self):
            super().__init__()
            self.attend = nn.MultiheadAttention(4, 2, batch_first=True)

        def forward(self, x):
            return self.attend(x, x, value=x, need_weights=False)[0]

    call = traced(Root().eval(), [torch.ones(1, 2, 4)]).find("attend")

    assert list(call.inputs) == ["0", "1", "value", "need_weights"]
    assert list(call.outputs) == ["0", "1"]


def test_a_whole_run_in_float64_is_float64_in_every_part():
    trace = traced(
        nn.Sequential(nn.Linear(2, 2), nn.GELU()).eval(), [torch.ones(1, 2)], dtype=torch.float64
    )

    assert {call.output.dtype for call in trace.calls} == {torch.float64}
    assert trace.leaks == ()
