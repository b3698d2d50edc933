"""A model is built again by its own class, with what its factory would not change."""

from __future__ import annotations

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.reference.spec import parse
from scaffold.reference.spec.build import reference_of

NET = """\
from dataclasses import dataclass
from torch import nn

@dataclass(frozen=True)
class Stage:
    width: int
    depth: int

class Net(nn.Module):
    def __init__(self, cfg, sides, act="relu", **more):
        super().__init__()
        if act not in ("relu", "gelu"):
            raise ValueError(f"no {act}")
        self.act, self.sides, self.more = act, sides, more
        self.layers = nn.ModuleList(
            nn.Linear(one.width, one.width) for one in cfg["stages"] for _ in range(one.depth)
        )

def net(act="relu"):
    model = Net({"stages": [Stage(32, 3), Stage(64, 2)]}, [8, 8], act=act, bias=True)
    model.told = "by the factory"
    return model

def bare():
    class Bare(nn.Module):
        def __init__(self):
            super().__init__()
    return Bare()
"""


@pytest.fixture
def build(tmp_path):
    (tmp_path / "net.py").write_text(NET)

    def built(*words, factory="net"):
        return reference_of(parse(f"file:{tmp_path / 'net.py'}:{factory}", words)).build()

    return built


def test_a_number_within_a_configuration_is_changed(build):
    model = build("root.cfg.stages.0.width=8", "root.cfg.stages.1.depth=1")

    assert [layer.in_features for layer in model.layers] == [8, 8, 8, 64]


def test_the_factory_is_given_its_own_arguments_and_what_it_adds_stays(build):
    model = build("act=gelu", "root.bias=false", "root.sides=(4, 4)")

    assert model.act == "gelu"
    assert model.more == {"bias": False}
    assert model.sides == [4, 4], "a list stays one"
    assert model.told == "by the factory"


def test_its_weights_start_from_the_seed(build):
    one, two = build("root.act=gelu"), build("root.act=gelu")

    assert all(a.equal(b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


@pytest.mark.parametrize(
    ("word", "what"),
    [
        ("root.cfgs=1", r"root.cfgs: Net takes no argument 'cfgs'\n  try: did you mean cfg"),
        ("root.cfg.stages.7.width=1", r"nothing called '7' in a list\n  try: name what scaffold"),
        ("root.cfg.stages.0.with=1", r"nothing called 'with' in a Stage"),
        ("root.act=tanh", r"Net cannot be built so \(ValueError: no tanh\)\n  try: change the"),
    ],
)
def test_what_cannot_be_changed_is_said(build, word, what):
    with pytest.raises(ScaffoldError, match=what):
        build(word)


def test_a_class_that_is_made_with_the_model_is_said_to_be_unseen(build):
    with pytest.raises(
        ScaffoldError, match=r"constructor of Bare is given was not seen\n  try: leave"
    ):
        build("root.width=1", factory="bare")
