"""Draw a reference and a candidate from a few lines each."""

from __future__ import annotations

from textwrap import dedent

import pytest

from scaffold.parity import WeightMap
from scaffold.reference import record
from scaffold.trace import subject

THEIRS = """
    import torch
    from torch import nn

    class Theirs(nn.Module):
        def __init__(self, wide):
            super().__init__()
            self.body = nn.Sequential(nn.Linear(4, wide), nn.GELU())
            self.head = nn.Linear(wide, 3)

        def forward(self, x):
            return self.head(self.body(x))

    def build(size="twin"):
        return Theirs(4 if size == "twin" else 8)

    def example_batch():
        return torch.linspace(-1, 1, 12).reshape(3, 4) ** 3, torch.zeros(3)
"""
OURS = """
    import torch
    from torch import nn

    class Ours(nn.Module):
        def __init__(self, wide):
            super().__init__()
            self.first = nn.Linear(4, wide)
            self.act = nn.GELU()
            self.last = nn.Linear(wide, 3)

        def forward(self, x):
            return self.last(self.act(self.first(x)))

    def build(size="twin"):
        return Ours(4 if size == "twin" else 8)
"""
MAP = """
    schema = 1
    [[part]]
    theirs = "body.0"
    ours = "first"
    [[part]]
    theirs = "body.1"
    ours = "act"
    [[part]]
    theirs = "head"
    ours = "last"
    [[excused]]
    theirs = "body"
    reason = "no container in ours"
    [[weight]]
    theirs = "body.0.weight"
    ours = "first.weight"
    [[weight]]
    theirs = "body.0.bias"
    ours = "first.bias"
    [[weight]]
    theirs = "head.weight"
    ours = "last.weight"
    [[weight]]
    theirs = "head.bias"
    ours = "last.bias"
"""


@pytest.fixture(scope="session")
def small_bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    (folder / "adapter.py").write_text(dedent(THEIRS))
    return record(folder / "adapter.py", folder / "twin")


@pytest.fixture
def sides(small_bundle, tmp_path):
    """Give bundle, candidate and map, with text replaced in the candidate or in the map."""

    def opened(*changes, map_changes=()):
        texts = []
        for text, replacements in ((OURS, changes), (MAP, map_changes)):
            for old, new in replacements:
                assert old in text
                text = text.replace(old, new)  # noqa: PLW2901 - the altered text goes on
            texts.append(dedent(text))
        (tmp_path / "candidate.py").write_text(texts[0])
        (tmp_path / "weights.map.toml").write_text(texts[1])
        weights = WeightMap.read(tmp_path / "weights.map.toml")
        return small_bundle, subject.load(tmp_path / "candidate.py"), weights

    return opened
