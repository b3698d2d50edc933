"""The second set of architectures: held out until results on it were looked at.

Those of this folder need nothing but torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.defects.architectures.held_out.experts import EXPERTS_PAIR
from benchmarks.defects.architectures.held_out.field import FIELD
from benchmarks.defects.architectures.held_out.flow import FLOW
from benchmarks.defects.architectures.held_out.graph import GRAPH
from benchmarks.defects.architectures.held_out.scan import SCAN
from benchmarks.defects.architectures.held_out.translator import TRANSLATOR
from benchmarks.defects.architectures.held_out.variational import VARIATIONAL
from benchmarks.defects.architectures.held_out.waves import WAVES

if TYPE_CHECKING:
    from benchmarks.defects.pair import Pair

SECOND_OWN: tuple[Pair, ...] = (
    TRANSLATOR,
    WAVES,
    VARIATIONAL,
    EXPERTS_PAIR,
    FLOW,
    GRAPH,
    FIELD,
    SCAN,
)
