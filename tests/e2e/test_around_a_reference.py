"""A repository around a reference, as its owner uses it: green at once, then class by class."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from own_reference import NET

pytestmark = pytest.mark.e2e

BIN = Path(sys.executable).parent

GATE = '''"""The gate of a block."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Gate(nn.Module):
    """Let through what the sigmoid of it says, channel by channel."""

    def __init__(self, width: int, *, slope: float) -> None:
        super().__init__()
        self.slope = slope
        self.scale = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """B C H W to B C H W."""
        return torch.sigmoid({slope} * x) * x * self.scale.view(-1, 1, 1)
'''
BLOCK = '''"""A block: convolution, norm, gate, added to what came in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from .gate import Gate


class Block(nn.Module):
    """Convolution, norm, gate, residual."""

    def __init__(self, width: int, norm_layer: Callable[..., Any]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)
        self.norm = norm_layer(width)
        self.gate = Gate(width, slope=1.0)

    def forward(self, x: Tensor) -> Tensor:
        """B C H W to B C H W."""
        return self.gate(self.norm(self.conv(x))) + x
'''
ROOT = '''"""The network."""

from __future__ import annotations

from torch import Tensor, nn

from .block import Block


class Net(nn.Module):
    """A stem, blocks, a mean over the image, a head."""

    def __init__(self, width: int, depth: int, classes: int) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, padding=1)
        self.blocks = nn.Sequential(*(Block(width, nn.BatchNorm2d) for _ in range(depth)))
        self.head = nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        """B 3 H W to B K."""
        return self.head(self.blocks(self.stem(x)).mean((2, 3)))
'''


def run(folder, *command):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "MAKE"))}
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={
            **environment,
            "VIRTUAL_ENV": str(BIN.parent),
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "OMP_NUM_THREADS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def standings(repository):
    told = json.loads(run(repository, "scaffold", "status", "--format", "json").stdout)
    return {one["ours"].partition(":")[2]: one["standing"] for one in told["classes"]}


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    place = tmp_path_factory.mktemp("owner")
    (place / "net.py").write_text(NET)
    done = run(
        place, "scaffold", "new", "my-net", "--defaults", "--reference", "file:net.py:Net",
        "--argument", "width=12", "--argument", "depth=3",
        "--twin", "width=4", "--twin", "depth=2",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return place / "my-net"


def written(repository, name, text):
    (repository / "src" / "my_net" / "models" / f"{name}.py").write_text(text)
    done = run(repository, "scaffold", "new-part", name, "--written")
    assert done.returncode == 0, done.stderr


def test_it_is_green_from_the_first_minute_without_a_network(repository):
    done = run(repository, "unshare", "-rn", "make", "lint", "test")

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "skipped" not in done.stdout
    assert standings(repository) == dict.fromkeys(("Gate", "Block", "Net"), "delegated")
    assert run(repository, "git", "status", "--short").stdout == ""


def test_what_is_written_wrong_is_named_and_what_is_right_is_proved(repository):
    compared = ("scaffold", "compare", ".", "--rung", "forward", "--rung", "train")
    refused = run(repository, "scaffold", "new-part", "gate", "--written")
    assert refused.returncode == 2
    assert "Gate is still the skeleton that raises" in refused.stderr
    assert run(repository, "scaffold", "new-part", "Gate").stdout.startswith(
        "gate:Gate: delegated -> taken"
    )

    written(repository, "gate", GATE.replace("{slope}", "1.702"))
    wrong = run(repository, *compared)
    assert wrong.returncode == 1
    assert "first divergence: blocks.0.gate" in wrong.stdout
    assert "1.702" in wrong.stdout.partition("first divergence")[2]
    assert standings(repository)["Gate"] == "diverges"
    assert run(repository, "scaffold", "status").returncode == 1

    written(repository, "gate", GATE.replace("{slope}", "self.slope"))
    assert standings(repository)["Gate"] == "written"  # the evidence is older than the code
    right = run(repository, *compared)
    assert right.returncode == 0, right.stdout
    assert standings(repository) == {"Gate": "proved", "Block": "delegated", "Net": "delegated"}
    named = run(repository, "scaffold", "compare", ".", "Gate", "--rung", "forward")
    assert "blocks.1.gate" in named.stdout
    assert "stem" not in named.stdout.partition("coverage")[0]

    written(repository, "block", BLOCK)
    written(repository, "net", ROOT)
    whole = run(repository, "scaffold", "compare", ".")
    assert whole.returncode == 0, whole.stdout
    assert set(standings(repository).values()) == {"proved"}
    assert "nothing but the adapter imports the reference" in (
        run(repository, "scaffold", "status").stdout
    )
    tests = run(repository, sys.executable, "-m", "pytest", "-q", "tests/parity/test_delegation.py")
    assert tests.returncode == 0, tests.stdout
