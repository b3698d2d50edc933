"""What people use today to say that two models agree."""

from __future__ import annotations

from benchmarks.defects.policies.answer import Answer, Policy
from benchmarks.defects.policies.elementwise import POLICIES as ELEMENTWISE
from benchmarks.defects.policies.peers import peers

__all__ = ["Answer", "Policy", "every_policy"]


def every_policy() -> tuple[Policy, ...]:
    """Give every policy that can run here."""
    return (*ELEMENTWISE, *peers())
