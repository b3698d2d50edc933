"""Causes in what training leaves in the buffers."""

import pytest
import torch
from torch import nn

from scaffold.parity.causes.families import states
from scaffold.parity.causes.state import diagnose_state
from scaffold.trace.streams import nudged


class Net(nn.Module):
    """A convolution with running statistics."""

    def __init__(self, momentum=0.1):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4, momentum=momentum)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.bn(self.conv(x)).relu().mean((2, 3)))


with torch.random.fork_rng():
    torch.manual_seed(0)
    START = {name: value.clone() for name, value in Net().state_dict().items()}
    BATCHES = [torch.randn(4, 3, 7, 7) for _ in range(5)]


def build(dtype, turn=0, momentum=0.1):
    net = Net(momentum)
    net.load_state_dict({n: nudged(v, turn, n) if turn else v for n, v in START.items()})
    return net.to(dtype)


def train(net, dtype):
    net.train()
    moving = torch.optim.SGD(net.parameters(), lr=0.01)
    for batch in BATCHES:
        moving.zero_grad()
        net(batch.to(dtype)).square().mean().backward()
        moving.step()


def buffers(momentum=0.1, change=None):
    net = build(torch.float32, momentum=momentum)
    if change is not None:
        change(net.bn)
    train(net, torch.float32)
    return {name: value for name, value in net.state_dict().items() if "running" in name}


@pytest.mark.parametrize(
    ("expected", "claim", "theirs"),
    [
        ("momentum", "momentum=0.01", buffers(0.01)),
        ("momentum", "momentum=0.037", buffers(0.037)),
        (
            "running-variance",
            "the biased variance in the buffers",
            buffers(change=states._biased),
        ),
        ("frozen", "statistics that stand still", buffers(change=states._still)),
        ("cumulative", "a plain average over the batches", buffers(None)),
    ],
)
def test_the_cause_in_the_buffers_is_named(expected, claim, theirs):
    found = diagnose_state(build, train, theirs)

    assert [(fit.hypothesis, fit.claim) for fit in found.fits] == [(expected, claim)]


def test_the_same_training_has_no_cause():
    assert diagnose_state(build, train, buffers()).note == "the part agrees: there is no cause"


def test_a_change_that_no_hypothesis_covers_is_said_to_have_none():
    theirs = {name: value * 1.5 + 0.2 for name, value in buffers().items()}

    found = diagnose_state(build, train, theirs)

    assert found.sentences[0].startswith("no hypothesis fits (")


def test_a_model_without_running_statistics_is_said():
    found = diagnose_state(lambda *_: nn.Linear(2, 2), train, {})

    assert found.sentences == (
        "ours keeps no running statistics, so no hypothesis about them could be run",
    )
