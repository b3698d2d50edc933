"""Along which axis a call works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from scaffold.parity.causes.edits import SOFTMAXES, argument, at, changing
from scaffold.parity.causes.registry import WITH_LOSS, hypothesis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.parity.causes.bench import Bench
    from scaffold.parity.causes.trial import Trial


@hypothesis("axis", "normalised, summed or joined over another axis", "D58", "D97", rungs=WITH_LOSS)
def other_axis(bench: Bench) -> Iterator[Trial]:
    """Try the other axes of every call that works along one."""
    ops = (*SOFTMAXES, "normalize", "sum", "mean", "amax", "logsumexp", "cumsum", "flip", "cat")
    for site in bench.of(*ops, "var", "std", "norm", "glu"):
        mine = argument(site, "dim", argument(site, "dims"))
        if not isinstance(mine, int) or not isinstance(site.output, Tensor):
            continue
        name = "dim" if argument(site, "dim") is not None else "dims"
        for axis in range(site.output.ndim):
            if axis != mine % site.output.ndim:
                yield at(site, changing(**{name: axis}), f"axis {axis}", f"axis {mine}")
