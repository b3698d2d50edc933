"""What makes a recorder lie, and how this one does not: one test for each pitfall."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as fn

from scaffold.core.comparison import Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.parity import judge
from scaffold.trace.forward import traced, watched
from scaffold.trace.replay import run

torch.manual_seed(0)


class InPlace(nn.Module):
    """A part that overwrites what it is given."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.linear(x)).mul_(2.0)


@dataclass
class Answer:
    hidden: torch.Tensor
    extra: object = None


class Nested(nn.Module):
    def forward(self, x):
        return OrderedDict(
            pair=(x, None), answer=Answer(hidden=2 * x, extra=[x + 1, 3]), flag=True, name="n"
        )


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = self.first
        self.tail = nn.Linear(4, 4)

    def forward(self, x):
        return self.tail(self.second(self.first(x)))


def test_what_is_overwritten_in_place_is_recorded_as_it_was():
    model, x = InPlace().eval(), torch.randn(3, 4)

    trace = traced(model, [x])

    before, after = trace.find("relu"), trace.find("relu").output
    assert torch.equal(before.args[0], trace.find("linear").output)
    assert (before.args[0] < 0).any()
    assert torch.equal(after, fn.relu(before.args[0]))
    assert torch.equal(trace.find("").output, 2 * after)


def test_the_hooks_leave_the_output_alone():
    model, x = InPlace().eval(), torch.randn(3, 4)
    plain = model(x)

    with watched(model) as calls:
        seen = model(x)

    assert torch.equal(plain, seen)
    assert len(calls) == 3
    assert not any(module._forward_hooks for module in model.modules())


def test_gradients_are_the_same_to_the_bit_with_and_without_the_recorder():
    model, x = nn.Sequential(nn.Linear(8, 8), InPlaceLike(), nn.Linear(8, 8)), torch.randn(5, 8)

    def gradients():
        model.zero_grad()
        model(x).square().sum().backward()
        return [p.grad.clone() for p in model.parameters()]

    plain = gradients()
    with watched(model):
        seen = gradients()

    assert all(torch.equal(a, b) for a, b in zip(plain, seen, strict=True))


class InPlaceLike(nn.Module):
    """Uses its input twice, so that gradients are summed."""

    def forward(self, x):
        return fn.relu(x) + x.sin()


def test_every_call_of_a_shared_part_is_kept_apart_under_its_first_name():
    trace = traced(Shared().eval(), [torch.randn(2, 4)])

    assert [(c.part, c.call) for c in trace.calls] == [
        ("", 0),
        ("first", 0),
        ("first", 1),
        ("tail", 0),
    ]
    assert torch.equal(trace.find("first", 1).args[0], trace.find("first", 0).output)


def test_beginnings_and_ends_share_one_clock():
    trace = traced(Shared().eval(), [torch.randn(2, 4)])

    assert [(c.order, c.done) for c in trace.calls] == [(0, 7), (1, 2), (3, 4), (5, 6)]


def test_nested_outputs_are_taken_apart_by_path():
    output = traced(Nested().eval(), [torch.ones(1)]).find("").outputs

    assert list(output) == [
        "pair.0", "pair.1", "answer.hidden", "answer.extra.0", "answer.extra.1", "flag", "name",
    ]  # fmt: skip
    assert output["pair.1"] is None
    assert output["answer.extra.1"] == 3
    assert output["answer.hidden"].item() == 2.0


def test_a_compiled_part_is_refused():
    by_itself = nn.Sequential(nn.Linear(2, 2))
    by_itself[0].compile(backend="eager")
    wrapped = nn.Sequential(torch.compile(nn.Linear(2, 2), backend="eager"))

    for model in (by_itself, wrapped):
        with pytest.raises(ScaffoldError, match=r"^0: is compiled, and the calls inside a"):
            traced(model, [torch.ones(1, 2)])


def test_a_scripted_part_is_refused():
    with pytest.warns(DeprecationWarning, match="script"):
        model = nn.Sequential(torch.jit.script(nn.Linear(2, 2)))

    with pytest.raises(ScaffoldError, match=r"leave out torch\.compile or torch\.jit"):
        traced(model, [torch.ones(1, 2)])


def test_torchs_fused_encoder_layer_does_not_hide_its_parts():
    layer = nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0, batch_first=True).eval()

    with torch.no_grad():
        trace = traced(nn.TransformerEncoder(layer, 1).eval(), [torch.randn(1, 3, 4)])

    assert trace.count("layers.0.self_attn") == 1


def test_a_run_that_raises_says_where_and_keeps_what_was_seen():
    trace = traced(nn.Sequential(nn.Linear(4, 3), nn.Linear(4, 3)).eval(), [torch.randn(2, 4)])

    assert trace.failure.startswith("RuntimeError: mat1 and mat2 shapes")
    assert trace.inside == ("", "1")
    assert [call.part for call in trace.calls] == ["0"]


class Leaky(nn.Module):
    def forward(self, x):
        return x.float().softmax(-1).to(x.dtype)


def test_hard_coded_float32_inside_the_shadow_is_detected():
    done = run(Leaky(), (torch.randn(2, 4),), {}, dtype=torch.float64)

    assert done.leaks == ("aten._to_copy.default",)
    assert run(nn.Softmax(-1), (torch.randn(2, 4),), {}, dtype=torch.float64).leaks == ()


def test_constants_that_are_made_inside_follow_the_shadow():
    class Positions(nn.Module):
        def forward(self, x):
            return x + torch.linspace(0, 1, x.shape[-1]) / 3

    exact = run(Positions(), (torch.zeros(3),), {}, dtype=torch.float64).output

    assert exact[1].item() == 0.5 / 3
    assert torch.get_default_dtype() is torch.float32


def test_a_replay_leaves_batch_statistics_and_plain_tensors_as_they_were():
    norm = nn.BatchNorm1d(4)
    norm.plain = torch.ones(4)
    before = {name: value.clone() for name, value in norm.state_dict().items()}

    for dtype in (None, torch.float64):
        run(norm, (torch.randn(8, 4),), {}, dtype=dtype)

    assert all(torch.equal(norm.state_dict()[name], value) for name, value in before.items())
    assert norm.plain.dtype is torch.float32


def test_nan_on_one_side_never_passes():
    theirs, ours = np.ones(8, "f4"), np.ones(8, "f4")
    ours[3] = np.nan

    for pair in ((theirs, ours), (ours, theirs)):
        found = judge(*pair, pair[1])
        assert found.verdict is Verdict.DIFFERENT
        assert found.reason == "NaN or infinity stands in other places (1 of 8)"
        assert found.worst.startswith("(3): ")


def test_nan_on_both_sides_is_not_comparable_and_no_pass():
    both = np.array([1, np.nan], "f4")

    found = judge(both, both, both)

    assert found.verdict is Verdict.NOT_COMPARABLE
    assert found.reason == "theirs is NaN at 1 of 2 places, where nothing can be compared"


def test_infinity_in_the_same_places_is_compared_around():
    theirs = np.array([-np.inf, 1.0, 2.0], "f4")

    assert judge(theirs, theirs, theirs.astype("f8")).verdict is Verdict.EQUAL
    assert judge(theirs, -theirs, -theirs).verdict is Verdict.DIFFERENT


def test_one_wrong_element_in_many_is_seen():
    rng = np.random.default_rng(0)
    exact = rng.normal(size=(64, 256))
    ours = exact.astype("f4")
    theirs = ours.copy()
    theirs[3, 7] += 1e-5

    found = judge(theirs, ours, exact)

    assert found.verdict is Verdict.DIFFERENT
    assert found.worst.startswith("(3, 7): theirs ")


def test_a_permutation_with_the_same_norm_is_seen():
    exact = np.random.default_rng(0).normal(size=(4, 8))
    ours = exact.astype("f4")

    assert judge(ours[:, ::-1], ours, exact).verdict is Verdict.DIFFERENT


def test_shape_and_dtype_come_before_values():
    one, two = np.zeros((2, 3), "f4"), np.zeros((3, 2), "f4")

    assert judge(one, two, two).reason == "theirs is float32[2, 3], ours is float32[3, 2]"
    assert judge(one, one.astype("f8"), one).verdict is Verdict.SHAPE
    assert judge(one.astype("i8"), one.astype("i4"), one).verdict is Verdict.SHAPE


def test_whole_numbers_agree_or_do_not():
    one = np.arange(4)

    assert judge(one, one, one).verdict is Verdict.EQUAL
    assert judge(one, one[::-1], one).reason == (
        "4 of 4 values differ, and they are no real numbers"
    )
