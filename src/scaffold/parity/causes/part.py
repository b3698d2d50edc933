"""Find out why one part differs, by running hypotheses on its recorded calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.comparison import Rung
from scaffold.core.diagnosis import Diagnosis
from scaffold.parity.causes.bench import part_bench
from scaffold.parity.causes.registry import of_rung
from scaffold.parity.causes.search import Search
from scaffold.parity.judge import LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from torch import Tensor, nn

    from scaffold.parity.causes.trial import Sample


def diagnose_part(
    part: nn.Module,
    calls: Sequence[Sample],
    limit: float = LIMIT,
    *,
    proved: Iterable[str] = (),
    wanted: Mapping[str, Tensor] | None = None,
    kind: str = "",
) -> Diagnosis:
    """Run every hypothesis about a forward pass and return what reproduces theirs.

    Args:
        part: Ours, with theirs' weights, in the mode in which it was compared.
        calls: The recorded calls over all probes: theirs' inputs and outputs.
        limit: The q up to which a difference is rounding.
        proved: Submodules that agree on their own recorded calls; their insides are left alone.
        wanted: What the weight map gives for the tensors of the part, by their names in it; ours
            may have lost something when it loaded them.
        kind: The class name of theirs, which says what a layer of torch's own computes.
    """
    if not calls:
        return Diagnosis(ours=float("inf"), note="no call was recorded, so nothing could be run")
    try:
        bench = part_bench(part, tuple(calls), frozenset(proved), wanted, kind)
    except Exception as error:  # noqa: BLE001 - whatever ours raises is what there is to say
        return Diagnosis(
            ours=float("inf"),
            note=f"ours fails on theirs' input ({type(error).__name__}: "
            f"{(str(error).splitlines() or ['no message'])[0]}), so nothing could be run",
        )
    return Search(bench, limit).diagnose(of_rung(Rung.FORWARD))
