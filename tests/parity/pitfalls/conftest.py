"""Compare two small modules as the command does, without a repository and without the cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from scaffold.core.comparison import Comparison, Rung
from scaffold.parity import compare
from scaffold.reference import record
from scaffold.testing.alike import same_names
from scaffold.trace.held import held

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor, nn

    Compared = Callable[..., Comparison]


@pytest.fixture
def compared(tmp_path) -> Compared:
    """Record theirs, and judge the weights and the forward pass of ours; names as they are."""
    torch.manual_seed(0)

    def run(
        theirs: nn.Module,
        ours: nn.Module,
        *inputs: Tensor,
        names: Mapping[str, str | None] | None = None,
    ) -> Comparison:
        bundle = record(held(theirs, inputs, name="theirs"), tmp_path / "goldens")
        return compare(
            bundle,
            held(ours, inputs, name="ours"),
            same_names(theirs, ours, names or {}),
            rungs=(Rung.WEIGHTS, Rung.FORWARD),
        )

    return run
