"""Could these goldens have failed: which planted defects each of them can see."""

from scaffold.parity.vacuity.sensitivity import TABLE, examined
from scaffold.parity.vacuity.weak import Weakness, weakness

__all__ = ["TABLE", "Weakness", "examined", "weakness"]
