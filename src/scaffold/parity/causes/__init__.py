"""Why is a part different: run hypotheses, and report what reproduces theirs as evidence."""

from __future__ import annotations

from scaffold.parity.causes.part import diagnose_part
from scaffold.parity.causes.rung import diagnose_rung
from scaffold.parity.causes.trial import Sample

__all__ = ["Sample", "diagnose_part", "diagnose_rung"]
