"""Nothing is skipped in silence; the rest of this is held in `test_compare`."""

from __future__ import annotations

from textwrap import dedent

import pytest

from scaffold.core.comparison import Rung
from scaffold.parity import WeightMap, compare
from scaffold.reference import record
from scaffold.trace import subject


def test_a_part_of_ours_with_an_excuse_says_it(sides):
    found = compare(
        *sides(
            ("self.act = nn.GELU()", "self.act = nn.GELU(); self.none = nn.Identity()"),
            map_changes=[("schema = 1", ('schema = 1\n    [[excused]]\n    ours = "none"\n'
                          '    reason = "for later"'))],
        ),
        rungs=[Rung.FORWARD],
    )  # fmt: skip

    assert "without a counterpart in the reference: none (Identity): for later" in found.notes


def test_another_way_inside_a_part_that_is_right_is_a_note(sides):
    found = compare(
        *sides(("self.last(self.act(self.first(x)))",
                "self.last(self.act(self.first(x)[None])[0])")),
        rungs=[Rung.FORWARD],
    )  # fmt: skip

    assert found.agrees
    assert (
        "what reaches act is not what reached theirs (on probe normal, theirs is "
        "float32[2, 4], ours is float32[1, 2, 4]), and what comes out of the model agrees "
        "all the same"
    ) in found.notes


BOTH = """
    import torch
    from torch import nn
    from torch.nn import functional

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.held = nn.Linear(4, 4)

        def forward(self, x):
            return functional.linear(x, self.held.weight, self.held.bias)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.block = Block()
            self.spare = nn.Linear(4, 4)

        def forward(self, x):
            return self.block(x)

    def build(size="twin"):
        return Model()

    def example_batch():
        return torch.linspace(-1, 1, 12).reshape(3, 4) ** 3, torch.zeros(3)
"""


@pytest.fixture(scope="module")
def uncalled(tmp_path_factory):
    """Compare a model with itself that computes with the weights of a part it never calls."""
    folder = tmp_path_factory.mktemp("uncalled")
    (folder / "both.py").write_text(dedent(BOTH))
    rows = "".join(
        f'[[part]]\ntheirs = "{part}"\nours = "{part}"\n'
        for part in ("block", "block.held", "spare")
    ) + "".join(
        f'[[weight]]\ntheirs = "{part}.{leaf}"\nours = "{part}.{leaf}"\n'
        for part in ("block.held", "spare")
        for leaf in ("weight", "bias")
    )
    (folder / "weights.map.toml").write_text(f"schema = 1\n{rows}")
    return compare(
        record(folder / "both.py", folder / "twin"),
        subject.load(folder / "both.py"),
        WeightMap.read(folder / "weights.map.toml"),
        rungs=[Rung.FORWARD],
    )


def test_a_part_whose_weights_are_used_without_a_call_is_compared_through_its_container(uncalled):
    assert (
        "block.held (Linear) is never called in the reference: its weights are used, and so "
        "compared, within block"
    ) in uncalled.notes


def test_a_part_that_nothing_uses_stays_unmatched(uncalled):
    assert uncalled.unmatched == (
        "spare (Linear): the reference never calls it, so nothing was recorded",
    )
