"""The network of a repository that delegates: its table, its adapter, its written classes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from scaffold.core.errors import ScaffoldError
from scaffold.house.parts import read_parts
from scaffold.reference.hybrid.network import delegated

ADAPTER = """\
import torch
from torch import nn

class Scale(nn.Module):
    def __init__(self, gain):
        super().__init__()
        self.gain = gain
    def forward(self, x):
        return x * self.gain

class Net(nn.Module):
    def __init__(self, sizes, gain=2.0):
        super().__init__()
        self.layer = nn.Linear(*sizes)
        self.scale = Scale(gain)
    def forward(self, x):
        return self.scale(self.layer(x))

def build(size="twin"):
    return Net((2, 3))
"""
TABLE = """\
schema = 1
[[part]]
theirs = "adapter:Scale"
ours = "scale:Scale"
status = "{status}"
places = ["scale"]
[[part]]
theirs = "adapter:Net"
ours = "net:Net"
status = "delegated"
places = [""]
"""
OURS = """\
from torch import nn

class Scale(nn.Module):
    def __init__(self, gain):
        super().__init__()
        self.gain = gain

    def forward(self, x):
        return self.gain * x
"""


@pytest.fixture
def network(tmp_path, monkeypatch):
    """Give how to build the network with a status of the scale, and arguments."""
    package = tmp_path / "delegating_models"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "scale.py").write_text(OURS)
    (tmp_path / "adapter.py").write_text(ADAPTER)
    monkeypatch.syspath_prepend(tmp_path)

    def build(status, **arguments):
        (tmp_path / "parts.toml").write_text(TABLE.format(status=status))
        torch.manual_seed(0)
        return delegated(
            read_parts(tmp_path / "parts.toml"),
            tmp_path / "adapter.py",
            package="delegating_models",
            arguments=arguments,
        )

    yield build
    for name in [name for name in sys.modules if name.startswith("delegating_models")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("status", "module"), [("delegated", "adapter"), ("taken", "adapter"), ("written", "scale")]
)
def test_a_class_is_ours_once_it_is_declared_written_and_not_before(network, status, module):
    kind = type(network(status).scale)

    assert (kind.__module__ == "delegating_models.scale") is (module == "scale")


def test_it_computes_the_same_whatever_is_written(network):
    x = torch.ones(1, 2)

    assert torch.equal(network("delegated")(x), network("written")(x))


def test_a_configured_argument_that_could_change_nothing_is_refused(network):
    assert network("delegated", sizes=[2, 3], gain=2.0)
    with pytest.raises(ScaffoldError, match=r"gain is 3\.0, and the reference is built with 2\.0"):
        network("delegated", gain=3.0)


def test_a_field_of_a_configuration_object_is_held_against_theirs():
    from types import SimpleNamespace  # noqa: PLC0415 - only here

    from scaffold.reference.hybrid.network import _refuse_other  # noqa: PLC0415 - likewise

    theirs = {"config": SimpleNamespace(width=3, labels={0: "a"}, kernels=(1, 2)), "bias": True}
    same = {"config": {"width": 3, "labels": {"0": "a"}, "kernels": [1, 2], "unknown": 1}}

    _refuse_other(same | {"bias": True}, theirs, Path("adapter.py"))

    with pytest.raises(
        ScaffoldError, match=r"config\.width is 4, and the reference is built with 3"
    ):
        _refuse_other({"config": {"width": 4}}, theirs, Path("adapter.py"))
