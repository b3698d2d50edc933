"""Run the cheap checks before the dear ones, on every push."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_MAKEFILE = PurePosixPath("Makefile")
TIERS = ("lint", "test-unit", "test-parity", "test-integration")


@rule("REL007", "tier-not-run", "P61", level=Level.WARNING)
def tier_not_run(repository: Repository) -> Iterator[Found]:
    """Continuous integration leaves out a tier: lint, unit, parity or integration.

    Why: parity that is not run on every push is lost between two pushes.

    Do: call the target; `make test` stands for every tier of tests.
    """
    texts = [
        repository.text(path) or ""
        for path in (*repository.under(".github/workflows"), PurePosixPath(".gitlab-ci.yml"))
        if repository.has(path)
    ]
    if not repository.manifest or not texts:
        return
    called = set(re.findall(r"\bmake\s+([\w-]+)", "\n".join(texts)))
    for tier in TIERS:
        everything = "test" in called and tier.startswith("test")
        if tier not in called and not everything:
            yield Found(where=_MAKEFILE, because=f"no workflow calls make {tier}")
