"""Name a cause that the calls show by themselves: what theirs calls and ours never does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold.core.comparison import Verdict
from scaffold.core.diagnosis import Explanation
from scaffold.core.paths import within
from scaffold.parity.calls import NEVER

if TYPE_CHECKING:
    from scaffold.core.comparison import Comparison, PartRow
    from scaffold.core.diagnosis import Diagnosis

BLOCK = ("D68", "D70")
"""Everything within is built and never run."""
ACTIVATION, NORM, DROPOUT = ("D50", "D64"), ("D59", "D70"), ("D65",)
OTHER = ("D59", "D68")
SHOWN = 3
_ACTIVATIONS = ("relu", "gelu", "silu", "elu", "swish", "tanh", "sigmoid", "mish", "activation")


def never_called(comparison: Comparison, row: PartRow, before: Diagnosis) -> Diagnosis:
    """Return a diagnosis with what ours leaves out of a part, or the one that is there.

    Args:
        comparison: What was found about all parts.
        row: The part that differs.
        before: What running the hypotheses on it gave; nothing of it fits.
    """
    inside = [
        other
        for other in comparison.parts
        if other.ours and other.ours != row.ours and within(other.ours, row.ours)
    ]
    idle = [
        other
        for other in inside
        if other.local.verdict is Verdict.MISSING and other.local.reason.endswith(NEVER)
    ]
    outermost = [o for o in idle if not any(within(o.ours, i.ours) and o is not i for i in idle)]
    if not outermost:
        return before
    names = [other.ours for other in outermost]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    found = Explanation(
        hypothesis="not-called",
        claim=f"theirs calls {', '.join(names[:SHOWN])}{more}",
        ours="ours never does",
        place=row.ours or "the model",
        ratio=0.0,
        tried=False,
        rows=BLOCK if len(idle) == len(inside) else _rows(outermost[0].kind),
    )
    return replace(before, fits=(found,))


def _rows(kind: str) -> tuple[str, ...]:
    name = kind.lower()
    if "norm" in name:
        return NORM
    if "drop" in name:
        return DROPOUT
    return ACTIVATION if any(word in name for word in _ACTIVATIONS) else OTHER
