"""Another precision somewhere: asked for, hard-coded, or left on."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from scaffold.core.errors import ScaffoldError
from scaffold.trace.replay import run
from scaffold.trace.settled import settled

X = torch.randn(4, 8, generator=torch.Generator().manual_seed(0))


class Net(nn.Module):
    """Two layers, and what happens in between."""

    def __init__(self, bend=torch.tanh):
        super().__init__()
        self.first, self.last, self.bend = nn.Linear(8, 8), nn.Linear(8, 8), bend

    def forward(self, x):
        return self.last(self.bend(self.first(x)))


class Cast(Net):
    def forward(self, x):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return super().forward(x)


def in_float32(y):
    return y.float().softmax(-1).to(y.dtype)


def softmax(y):
    return y.softmax(-1)


def test_autocast_within_a_model_is_no_difference_and_hides_none(compared):
    assert compared(Cast(), Net(), X).agrees
    assert compared(Net(), Cast(), X).agrees

    found = compared(Cast(), Cast(lambda y: torch.tanh(1.001 * y)), X)

    assert found.first.place == "glue before last"


def test_autocast_is_back_when_the_comparison_is_over():
    with settled():
        assert Cast()(X).dtype is torch.float32
    assert Cast()(X).dtype is torch.bfloat16


def test_bfloat16_within_a_model_is_recorded_and_judged(compared):
    def narrow(y):
        return y.bfloat16().tanh()

    class Narrow(Net):
        def __init__(self, scale=1.0):
            super().__init__()
            self.bend, self.scale = Bend(scale), scale

        def forward(self, x):
            return self.last(self.bend(self.first(x)).float())

    class Bend(nn.Module):
        def __init__(self, scale):
            super().__init__()
            self.scale = scale

        def forward(self, y):
            return narrow(self.scale * y)

    assert compared(Narrow(), Narrow(), X).agrees
    assert compared(Narrow(), Narrow(1.1), X).first.place == "bend"


def test_weights_in_bfloat16_are_refused(compared):
    with pytest.raises(ScaffoldError) as failure:
        compared(Net().bfloat16(), Net().bfloat16(), X.bfloat16())

    assert str(failure.value) == (
        "theirs: the weights are in bfloat16 (first.weight)\n"
        "  try: record in float32: return model.float() from build; what the model does in its "
        "working precision is another question"
    )


def test_half_precision_is_judged_by_its_own_rounding(compared):
    assert compared(Net().half(), Net().half(), X.half()).agrees
    assert not compared(Net().half(), Net(lambda y: torch.tanh(1.1 * y)).half(), X.half()).agrees


def test_tensor_float_32_that_is_left_on_is_written_down(tmp_path):
    """On a CPU the switch changes nothing, so what can be tested is that it is told."""
    from scaffold.reference import record  # noqa: PLC0415 - beside what it is about
    from scaffold.trace.held import held  # noqa: PLC0415

    before = torch.get_float32_matmul_precision()
    said = []
    for number, precision in enumerate(("highest", "high")):
        torch.set_float32_matmul_precision(precision)
        try:
            bundle = record(held(Net(), X, name="theirs"), tmp_path / str(number))
        finally:
            torch.set_float32_matmul_precision(before)
        said.append(bundle.provenance["precision"]["matmul"])

    assert said == ["highest", "high"]


def test_hard_coded_float32_inside_the_shadow_is_detected():
    class Leaky(nn.Module):
        def forward(self, x):
            return in_float32(x)

    done = run(Leaky(), (X,), {}, dtype=torch.float64)

    assert done.leaks == ("aten._to_copy.default",)
    assert run(nn.Softmax(-1), (X,), {}, dtype=torch.float64).leaks == ()


def test_hard_coded_float32_is_said_and_judged_on_moved_inputs(compared):
    assert compared(Net(softmax), Net(in_float32), X).agrees
    assert compared(Net(in_float32), Net(softmax), X).agrees

    found = compared(Net(softmax), Net(lambda y: in_float32(1.01 * y)), X)

    assert found.first.place == "glue before last"
    assert "no float64 shadow (leaves it in aten._to_copy.default)" in found.parts[0].local.reason


def test_constants_that_are_made_inside_follow_the_shadow():
    class Positions(nn.Module):
        def forward(self, x):
            return x + torch.linspace(0, 1, x.shape[-1]) / 3

    exact = run(Positions(), (torch.zeros(3),), {}, dtype=torch.float64).output

    assert exact[1].item() == 0.5 / 3
    assert torch.get_default_dtype() is torch.float32


def test_a_model_in_float64_is_judged_and_is_no_model_in_float32(compared):
    assert compared(Net().double(), Net().double(), X.double()).agrees
    assert not compared(Net().double(), Net(), X.double()).agrees
