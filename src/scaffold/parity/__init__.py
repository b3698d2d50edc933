"""Is ours the same: replay, judge by the measured rounding, name the first divergence."""

from scaffold.parity.compare import compare, rung_rows
from scaffold.parity.forward import forward_rows
from scaffold.parity.judge import LIMIT, judge
from scaffold.parity.weightmap import WeightMap

__all__ = ["LIMIT", "WeightMap", "compare", "forward_rows", "judge", "rung_rows"]
