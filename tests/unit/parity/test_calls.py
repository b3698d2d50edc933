"""A whole run of ours is made once in each precision, and moved only when it is asked for."""

from __future__ import annotations

import torch
from torch import nn

from scaffold.parity.calls import Live


def test_a_live_run_has_a_shadow_in_float64():
    live = Live(nn.Sequential(nn.Linear(2, 2)).eval(), (torch.ones(1, 2),))

    assert live.shadow.find("0").output.dtype is torch.float64
    assert live.moved(1) is live.moved(1)
    assert not torch.equal(live.moved(1).find("0").args[0], live.trace.find("0").args[0])


def test_a_shadow_that_leaves_float64_is_not_trusted():
    class Leaky(nn.Module):
        def forward(self, x):
            return x.float().to(x.dtype)

    assert Live(Leaky().eval(), (torch.ones(1, 2),)).shadow is None
