"""What parts hand around besides a single tensor."""

from __future__ import annotations

import warnings
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, fields

import pytest
import torch
from torch import nn

from scaffold.core.comparison import Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.trace.forward import traced

X = torch.randn(4, 8, generator=torch.Generator().manual_seed(0))
Two = namedtuple("Two", "a b")  # noqa: PYI024 - as models have it


@dataclass
class Answer:
    hidden: torch.Tensor
    extra: object = None


@dataclass
class Output(OrderedDict):
    """As transformers does it: a dataclass that is a dictionary of what is not None."""

    last: torch.Tensor | None = None
    hidden: object = None
    loss: object = None

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None:
                OrderedDict.__setitem__(self, field.name, value)

    def __setitem__(self, key, value):
        OrderedDict.__setitem__(self, key, value)
        object.__setattr__(self, key, value)


FORMS = {
    "tuple": lambda a, b: (a, b),
    "list": lambda a, b: [a, b],
    "named tuple": Two,
    "dict": lambda a, b: {"a": a, "b": b},
    "dataclass": lambda a, b: Answer(a, [b, None, 3]),
    "model output": lambda a, b: Output(last=a, hidden=(b,)),
    "None, whole number, text": lambda a, b: (a, None, 7, "n", True, b),
    "nested tensor": lambda a, b: torch.nested.nested_tensor([a, b[:1]]),
    "sparse tensor": lambda a, b: (a, b.relu().to_sparse()),
}


class Inner(nn.Module):
    def __init__(self, form, scale):
        super().__init__()
        self.form, self.scale = form, scale

    def forward(self, x):
        return FORMS[self.form](x.tanh(), x.sin() * self.scale)


class Model(nn.Module):
    def __init__(self, form, scale=1.0):
        super().__init__()
        self.linear, self.inner = nn.Linear(8, 8), Inner(form, scale)

    def forward(self, x):
        return self.inner(self.linear(x))


def test_nested_outputs_are_taken_apart_by_path():
    class Nested(nn.Module):
        def forward(self, x):
            return OrderedDict(
                pair=(x, None), answer=Answer(hidden=2 * x, extra=[x + 1, 3]), flag=True, name="n"
            )

    output = traced(Nested().eval(), [torch.ones(1)]).find("").outputs

    assert list(output) == [
        "pair.0", "pair.1", "answer.hidden", "answer.extra.0", "answer.extra.1", "flag", "name",
    ]  # fmt: skip
    assert output["pair.1"] is None
    assert output["answer.extra.1"] == 3
    assert output["answer.hidden"].item() == 2.0


@pytest.mark.parametrize("form", FORMS)
def test_the_second_of_two_tensors_is_compared_in_every_form(compared, form):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nested tensors are called a prototype
        same, other = (
            compared(Model(form), Model(form), X),
            compared(Model(form), Model(form, 1.01), X),
        )

    assert same.agrees, same.first
    assert other.first.place == "inner"


def test_another_structure_around_the_same_tensors_agrees(compared):
    assert compared(Model("model output"), Model("tuple"), X).agrees
    assert not compared(Model("model output"), Model("tuple", 1.01), X).agrees


@pytest.mark.parametrize(("theirs", "ours"), [(3, 4), (0.1, 0.2), (True, False)])
def test_a_number_in_the_output_is_compared(compared, theirs, ours):
    class Counted(nn.Module):
        def __init__(self, number):
            super().__init__()
            self.linear, self.number = nn.Linear(8, 8), number

        def forward(self, x):
            return self.linear(x), self.number

    assert compared(Counted(theirs), Counted(theirs), X).agrees
    assert compared(Counted(theirs), Counted(ours), X).first.place == "the model"


def test_what_ours_leaves_out_is_missed(compared):
    class Aided(nn.Module):
        def __init__(self, *, aid):
            super().__init__()
            self.linear, self.aid = nn.Linear(8, 8), aid

        def forward(self, x):
            y = self.linear(x)
            return y, y * 2 if self.aid else None

    assert compared(Aided(aid=False), Aided(aid=True), X).agrees

    found = compared(Aided(aid=True), Aided(aid=False), X)

    assert not found.agrees
    assert found.parts[0].local.reason == "theirs gives '1', and ours gives only '0', '1'"


class Opaque:
    """A thing of the reference's own, which nobody outside can look into."""

    def __init__(self, tensor):
        self.tensor = tensor


class Wrapping(nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.scale = scale

    def forward(self, x):
        return Opaque(x * self.scale)


class Through(nn.Module):
    def __init__(self, scale=1.0, after=1.0):
        super().__init__()
        self.linear, self.wrap, self.after = nn.Linear(8, 8), Wrapping(scale), after

    def forward(self, x):
        return self.wrap(self.linear(x)).tensor * self.after


def test_what_cannot_be_recorded_never_passes_alone(compared):
    around = compared(Through(), Through(), X)

    row = next(row for row in around.parts if row.ours == "wrap")
    assert row.local.verdict is Verdict.NOT_COMPARABLE
    assert row.local.reason == "what theirs gives: a Opaque holds no tensor that is known"
    assert row.through == ""
    assert around.agrees
    assert not compared(Through(), Through(scale=1.01), X).agrees


def test_a_model_that_gives_nothing_that_can_be_recorded_is_refused(compared):
    model = nn.Sequential(nn.Linear(8, 8), Wrapping(1.0))

    with pytest.raises(ScaffoldError) as failure:
        compared(model, model, X)

    assert failure.value.what.startswith(
        "what the model gives cannot be recorded (a Opaque holds no tensor that is known)"
    )
