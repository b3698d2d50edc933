"""A weight that is changed at its use gives what the changed model gives, and costs one weight."""

from __future__ import annotations

import weakref

import pytest
import torch
from torch import nn
from torch.nn import functional

from scaffold.trace import atuse, replay
from scaffold.trace.atuse import AtUse, OutOfReach, changed_at_use
from scaffold.trace.forward import traced
from scaffold.trace.replay import run


class Tied(nn.Module):
    """Looks a weight up in one part, and multiplies with it outside of that part."""

    def __init__(self):
        super().__init__()
        self.words, self.head = nn.Embedding(9, 8), nn.Linear(8, 9, bias=False)
        self.head.weight = self.words.weight
        self.scale = nn.Parameter(torch.randn(8))

    def forward(self, x):
        y = self.words((x.abs() * 3).long()[:, 0] % 9) * self.scale
        return self.head(y) + functional.linear(y, self.words.weight)


class Attend(nn.Module):
    def __init__(self):
        super().__init__()
        self.attend = nn.MultiheadAttention(8, 2, batch_first=True)  # never calls its out_proj

    def forward(self, x):
        return self.attend(x[None], x[None], x[None])[0]


class Inspecting(nn.Module):
    """Asks a weight for its precision, so that changing it at its use comes too late."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(8, 8))

    def forward(self, x):
        return x.to(self.weight.dtype) @ self.weight


class Writing(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(8))

    def forward(self, x):
        self.weight.mul_(2.0)
        return x + self.weight


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.LSTM(8, 8)

    def forward(self, x):
        return self.layer(x)[0]


MODELS = {
    "linear": lambda: nn.Sequential(nn.Linear(8, 8), nn.LayerNorm(8)),
    "strict": nn.PReLU,  # torch looks at both precisions before it runs
    "convolution": lambda: nn.Sequential(
        nn.Unflatten(1, (2, 4)), nn.Conv1d(2, 4, 3), nn.BatchNorm1d(4), nn.GroupNorm(2, 4)
    ),
    "tied": Tied,
    "attention": Attend,
    "recurrent": Recurrent,
    "inspecting": Inspecting,
    "writing": Writing,
    "bounded": lambda: nn.Sequential(
        nn.Flatten(0), nn.Hardtanh(0, 8), Whole(), nn.Embedding(9, 3, max_norm=1.0)
    ),
}  # fmt: skip


class Whole(nn.Module):
    def forward(self, x):
        return x.long()


@pytest.fixture
def every_part_is_large(monkeypatch):
    monkeypatch.setattr(atuse, "LARGE_BYTES", 0)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("how", [{"dtype": torch.float64}, {"turn": 1}], ids=["float64", "moved"])
def test_the_outcome_is_that_of_a_model_that_is_changed_as_a_whole(name, how, monkeypatch):
    torch.manual_seed(0)
    model, x = MODELS[name]().eval(), torch.randn(5, 8)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    whole = run(model, (x,), {}, **how)

    monkeypatch.setattr(atuse, "LARGE_BYTES", 0)
    found = run(model, (x,), {}, **how)

    assert found.output.dtype == whole.output.dtype
    assert torch.equal(found.output, whole.output)
    assert found.leaks == whole.leaks
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


@pytest.mark.usefixtures("every_part_is_large")
@pytest.mark.parametrize("name", ["linear", "convolution", "tied", "attention", "strict"])
def test_parts_of_every_kind_are_run_without_a_second_call(name):
    restarts = []

    run(MODELS[name]().eval(), (torch.randn(5, 8),), {}, dtype=torch.float64,
        restart=lambda: restarts.append(1))  # fmt: skip

    assert restarts == []


@pytest.mark.usefixtures("every_part_is_large")
def test_a_run_that_is_made_again_is_recorded_once():
    trace = traced(nn.Sequential(Inspecting(), Inspecting()), [torch.randn(5, 8)],
                   dtype=torch.float64)  # fmt: skip

    assert [(call.part, call.call, call.order) for call in trace.calls] == [
        ("", 0, 0), ("0", 0, 1), ("1", 0, 3),
    ]  # fmt: skip
    assert {call.output.dtype for call in trace.calls} == {torch.float64}
    assert trace.leaks == ()


@pytest.mark.usefixtures("every_part_is_large")
def test_what_the_model_raises_is_still_what_is_found():
    class Raising(nn.Linear):
        def forward(self, x):
            raise ValueError(super().forward(x).dtype)

    trace = traced(nn.Sequential(Raising(8, 8)), [torch.randn(5, 8)], dtype=torch.float64)

    assert (trace.failure, trace.inside) == ("ValueError: torch.float64", ("", "0"))


def test_one_changed_weight_is_alive_at_a_time():
    """The bytes that live are counted when the next weight is made."""
    model = nn.Sequential(*(nn.Linear(32, 32) for _ in range(20)))
    alive, most = weakref.WeakSet(), []

    def change(_name, value):
        made = value.double()
        alive.add(made)
        most.append(sum(one.nbytes for one in alive))
        return made

    with torch.no_grad(), changed_at_use(model, change):
        model(torch.randn(2, 32, dtype=torch.float64))

    assert len(most) == 40
    assert max(most) <= 2 * 33 * 32 * 8


def test_a_small_part_is_changed_at_once_and_a_large_one_is_not(monkeypatch):
    used = []
    monkeypatch.setattr(
        replay, "changed_at_use", lambda *given: used.append(1) or changed_at_use(*given)
    )

    run(nn.Linear(8, 8), (torch.randn(2, 8),), {}, dtype=torch.float64)
    assert used == []
    run(nn.Linear(8, 2**18), (torch.randn(2, 8),), {}, dtype=torch.float64)
    assert used == [1]


def test_a_piece_of_a_weight_that_was_cut_before_is_out_of_reach():
    model = nn.Linear(4, 4)
    piece = model.weight.detach()[0]

    with pytest.raises(OutOfReach, match=r"^weight$"), AtUse(model, lambda _, value: value):
        piece + 1


def test_a_layer_has_its_own_weights_back_when_it_raises():
    class Raising(nn.Linear):
        def forward(self, _x):
            raise ValueError(self.weight.dtype)

    model = nn.Sequential(Raising(4, 4))
    before = model[0].weight

    with pytest.raises(ValueError, match=r"^torch\.float64$"):
        run(model, (torch.zeros(4),), {}, dtype=torch.float64)
    with (
        pytest.raises(ValueError, match=r"^torch\.float64$"),
        changed_at_use(model, lambda _, value: value.double()),
    ):
        model(torch.zeros(4))
    assert model[0].weight is before
    assert not model[0]._forward_pre_hooks
    assert not model[0]._forward_hooks


def test_writing_to_a_weight_is_out_of_reach_and_adding_one_is_not():
    model, x = nn.Linear(4, 4), torch.zeros(4)

    with torch.no_grad(), AtUse(model, lambda _, value: value + 1):
        x.add_(model.bias)
        with pytest.raises(OutOfReach, match=r"^aten::mul_$"):
            model.bias.mul_(2.0)
    assert torch.equal(x, model.bias + 1)
