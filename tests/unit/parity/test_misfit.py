"""Parts that take another kind or size of input than theirs are judged through what is around."""

from __future__ import annotations

from textwrap import dedent

import pytest

from scaffold.core.comparison import Rung, Verdict
from scaffold.parity import WeightMap, compare
from scaffold.reference import record
from scaffold.trace import subject

THEIRS = """
    import torch
    from torch import nn

    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(4, 4)

        def forward(self, x, blocked):
            return self.linear(x).masked_fill(blocked[..., None], 0.0)

    class Tail(nn.Module):
        def forward(self, x, rows):
            return x[rows].sum(0)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = Layer()
            self.tail = Tail()

        def forward(self, x):
            return self.tail(self.layer(x, x[..., 0] > 0), torch.arange(2))

    def build(size="twin"):
        return Model()

    def example_batch():
        return torch.linspace(-1, 1, 12).reshape(3, 4) ** 3, torch.zeros(3)
"""
FORMS = (
    ("x, blocked):", "x, factor):"),
    (".masked_fill(blocked[..., None], 0.0)", " * factor[..., None]"),
    ("x[..., 0] > 0", "(x[..., 0] <= 0).to(x.dtype)"),
    ("x, rows):", "x, weight):"),
    ("x[rows].sum(0)", "(x * weight[:, None]).sum(0)"),
    ("torch.arange(2)", "(torch.arange(len(x)) < 2).to(x.dtype)"),
)
MAP = """
    schema = 1
    [[part]]
    theirs = "layer"
    ours = "layer"
    [[part]]
    theirs = "layer.linear"
    ours = "layer.linear"
    [[part]]
    theirs = "tail"
    ours = "tail"
    [[weight]]
    theirs = "layer.linear.weight"
    ours = "layer.linear.weight"
    [[weight]]
    theirs = "layer.linear.bias"
    ours = "layer.linear.bias"
"""


@pytest.fixture
def compared(tmp_path):
    def run(*changes):
        text = THEIRS
        for old, new in (*FORMS, *changes):
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "theirs.py").write_text(dedent(THEIRS))
        (tmp_path / "ours.py").write_text(dedent(text))
        (tmp_path / "weights.map.toml").write_text(dedent(MAP))
        found = compare(
            record(tmp_path / "theirs.py", tmp_path / "twin"),
            subject.load(tmp_path / "ours.py"),
            WeightMap.read(tmp_path / "weights.map.toml"),
            rungs=[Rung.FORWARD],
        )
        return found, {row.part: row for row in found.parts}

    return run


def test_a_mask_in_another_form_is_left_to_ours_and_the_part_is_judged(compared):
    _, rows = compared()

    assert rows["layer"].local.verdict.agrees
    assert rows["layer"].interface.verdict.agrees


def test_a_part_with_another_kind_of_input_is_judged_through_the_model(compared):
    found, rows = compared()

    assert rows["tail"].local.verdict is Verdict.NOT_COMPARABLE
    assert rows["tail"].local.reason == "theirs takes int64[2] where ours takes float32[2]"
    assert rows["tail"].through == ""
    assert found.agrees
    assert (
        "tail could not be judged alone (theirs takes int64[2] where ours takes float32[2]); "
        "the model around it agrees"
    ) in found.notes


def test_it_is_an_alarm_when_the_model_does_not_agree(compared):
    found, rows = compared(("len(x)) < 2", "len(x)) < 1"))

    assert rows["tail"].through is None
    assert not rows["tail"].agrees
    assert not found.agrees
    assert found.first.place == "the model"


def test_a_part_with_a_mask_of_its_own_form_is_still_found_wrong(compared):
    found, _ = compared(("* factor[..., None]", "* factor[..., None] * 1.001"))

    assert found.first.place == "layer"
