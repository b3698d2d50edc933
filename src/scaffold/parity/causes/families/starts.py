"""What parameters start from: declared here, found in `causes.init`."""

from __future__ import annotations

from scaffold.core.comparison import Rung
from scaffold.parity.causes.registry import declare

for name, says, rows in (
    ("init-constant", "starts from another constant", ("D132",)),
    ("init-family", "drawn from another distribution", ("D130",)),
    ("init-cut", "a normal cut at two, or cut at two deviations", ("D131",)),
    ("init-prior", "a bias set for a prior of the positive class", ("D132",)),
    ("init-scale", "drawn with another deviation", ("D130",)),
):
    declare(name, says, *rows, rungs=(Rung.INIT,), family=__name__)
