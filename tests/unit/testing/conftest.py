"""Repositories, manifests and ladders drawn by hand."""

import json
import sys

import pytest

from scaffold.core.comparison import (
    Comparison,
    Divergence,
    Judgement,
    PartRow,
    Rung,
    RungRow,
    Verdict,
)
from scaffold.core.errors import ScaffoldError

collect_ignore = ["pair"]  # a repository with tests of its own, run by these tests

MANIFEST = """\
schema = 1
[parity]
bundle = "goldens/twin"
reference = "reference/adapter.py"
candidate = "tests/parity/candidate.py"
map = "weights.map.toml"
"""
MAP = """\
schema = 1
[[part]]
theirs = "layers.{i}.norm1"
ours = "blocks.{i}.norm"
[[weight]]
theirs = ["layers.{i}.in_proj"]
ours = ["blocks.{i}.query", "blocks.{i}.key"]
transform = [{ op = "split", axis = 0 }]
"""


def entry(role, part="", *, order=0, leaf="", probe="normal"):
    return {"role": role, "part": part, "order": order, "leaf": leaf, "probe": probe}


@pytest.fixture
def manifest():
    """What `manifest_of` gives for a small bundle."""
    return {
        "tables": {"schedule": {"total_steps": 9, "groups": {"head": 1, "layers.0.in_proj": 0}}},
        "entries": [
            entry("output", "", order=0),
            entry("output", "norm", order=5),
            entry("output", "layers.0.norm1", order=1),
            entry("output", "layers.0.norm1", order=1, probe="times-20"),
            entry("loss_target", probe="normal"),
            entry("loss_value", "total"),
            entry("grad", "layers.0.in_proj"),
            entry("input_grad", leaf="0"),
            entry("weight", "layers.0.in_proj"),
            entry("weight", "buffer"),
            entry("weight", "head"),
            entry("optimizer_update", "head"),
            entry("schedule_rate", "0"),
            entry("trace_loss"),
        ],
    }


def draw_repository(folder):
    """A repository with a manifest, a map and a bundle of one part without tensors."""
    bundle = folder / "goldens" / "twin"
    bundle.mkdir(parents=True)
    (folder / "reengineering.toml").write_text(MANIFEST)
    (folder / "weights.map.toml").write_text(MAP)
    columns = ["role", "part", "kind", "call", "order", "leaf", "probe", "tensor"]
    (bundle / "manifest.json").write_text(
        json.dumps(
            {
                "schema": 1,
                "columns": columns,
                "entries": [["output", "layers.0.norm1", "LayerNorm", 0, 1, "", "normal", 0]],
                "tensors": [["aa", "float32", [1], 0]],
                "tables": {},
                "shards": [],
                "provenance": {},
            }
        )
    )
    return folder


@pytest.fixture
def repository(tmp_path):
    """The drawn repository in a folder of its own."""
    return draw_repository(tmp_path)


GOOD = Judgement(verdict=Verdict.ROUNDING, ratio=1.0, probe="normal")
BAD = Judgement(
    verdict=Verdict.DIFFERENT, ratio=10.2, probe="constant", worst="(0, 1): theirs 1, ours 2"
)


def part(ours, local=GOOD, theirs="layers.0.norm1"):
    return PartRow(
        part=theirs, ours=ours, kind="LayerNorm", local=local, interface=GOOD, end_to_end=GOOD
    )


def item(name, judgement=GOOD, rung=Rung.LOSS):
    return RungRow(rung=rung, item=name, judgement=judgement)


def comparison(parts=(), rungs=(), first=None, unmatched=(), within=()):
    return Comparison(
        reference="r",
        bundle="goldens/twin",
        parts=tuple(parts),
        rungs=tuple(rungs),
        first=first,
        unmatched=tuple(unmatched),
        within=tuple(within),
    )


FIRST = Divergence(
    rung=Rung.FORWARD, place="blocks.0.norm", because="eps is 1e-5", remedy="set eps to 1e-6"
)


class DrawnLadder:
    """A ladder on which everything was found before; it counts how often it was asked."""

    def __init__(self, found):
        self.found = found

    def rung(self, rung):
        del rung
        if isinstance(self.found, ScaffoldError):
            raise self.found
        return self.found

    told = rung


@pytest.fixture
def drawn():
    """What this file draws, for tests that draw more of it."""
    return sys.modules[__name__]
