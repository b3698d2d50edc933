"""An adapter or candidate is loaded by path, and every mistake in it is named with its file."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from scaffold.core.errors import ScaffoldError
from scaffold.trace.subject import load

GOOD = """
import torch
from torch import nn
TOTAL_STEPS = 7
def build(size="twin"):
    return nn.Linear(2, 3 if size == "twin" else 4)
def example_batch():
    return torch.zeros(1, 2), torch.zeros(1)
def loss_terms(output, target):
    return {"total": output.sum()}
def optimizer(model):
    return torch.optim.SGD(model.parameters(), lr=0.1)
def schedule(optimizer, total_steps):
    return torch.optim.lr_scheduler.ConstantLR(optimizer, total_iters=total_steps)
def train(model, batches):
    return [torch.tensor(1.0) for _ in batches]
"""


@pytest.fixture
def write(tmp_path):
    def written(text):
        path = tmp_path / "adapter.py"
        path.write_text(text)
        return path

    return written


def test_every_function_is_reached(write):
    subject = load(write(GOOD))

    model = subject.build("full")
    assert model.out_features == 4
    inputs, target = subject.example_batch()
    assert isinstance(inputs, tuple)
    assert target.shape == (1,)
    assert set(subject.loss_terms(torch.ones(2), None)) == {"total"}
    optimizer = subject.optimizer(model)
    assert subject.schedule(optimizer, 5).total_iters == 5
    assert subject.train(model, [1, 2]) == [1.0, 1.0]
    assert subject.total_steps == 7
    assert subject.has("train")
    assert isinstance(model, nn.Linear)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "defines no `build`"),
        ("import nowhere", "fails while it is imported (ModuleNotFoundError: No module named "),
        ("def build(", "fails while it is imported (SyntaxError: "),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(write, text, what):
    with pytest.raises(ScaffoldError) as raised:
        load(write(text))
    assert raised.value.what.startswith(what)
    assert raised.value.where.endswith("adapter.py")


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(ScaffoldError, match=r"adapter\.py: there is no such file"):
        load(tmp_path / "adapter.py")


def test_a_file_that_is_no_python_is_refused(tmp_path):
    (tmp_path / "adapter.txt").write_text("x")

    with pytest.raises(ScaffoldError, match=r"adapter\.txt: is no python file"):
        load(tmp_path / "adapter.txt")


def test_what_fails_inside_a_function_names_the_function(write):
    subject = load(write("def build(size='twin'):\n    return {}[size]"))

    with pytest.raises(ScaffoldError, match=r"`build` fails \(KeyError: 'twin'\)"):
        subject.build()


def test_what_is_no_module_is_refused(write):
    subject = load(write("def build(size='twin'):\n    return 3"))

    with pytest.raises(ScaffoldError, match=r"`build` gives int, not torch\.nn\.modules\.module"):
        subject.build()


def test_a_loss_without_a_total_is_refused(write):
    subject = load(write("def build(size): ...\ndef loss_terms(output, target):\n    return {}"))

    with pytest.raises(ScaffoldError, match="with one called 'total'"):
        subject.loss_terms(None, None)


def test_a_function_that_is_missing_is_named_when_it_is_needed(write):
    subject = load(write("def build(size): ..."))

    with pytest.raises(ScaffoldError, match="defines no `TOTAL_STEPS`"):
        _ = subject.total_steps
