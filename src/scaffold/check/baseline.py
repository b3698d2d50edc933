"""Keep the findings that were there when a repository began to be checked.

They are known by rule, file and sentence and not by line, so that a line added above raises
nothing. A baseline only shrinks: what was mended and comes back is a finding.
"""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.core.findings import Finding

BASELINE = PurePosixPath(".scaffold/baseline.json")
SCHEMA = 1

Key = tuple[str, str, str]


def key(finding: Finding) -> Key:
    """Give what a finding is known by."""
    said = sha256(finding.because.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return finding.code, str(finding.where), said


def written(findings: Iterable[Finding]) -> bytes:
    """Write a baseline; the same findings give the same bytes."""
    counts = Counter(key(finding) for finding in findings)
    rows = [[*known, count] for known, count in sorted(counts.items())]
    lines = ",\n".join(f"  {json.dumps(row)}" for row in rows)
    listed = f"[\n{lines}\n ]" if rows else "[]"
    return f'{{\n "schema": {SCHEMA},\n "known": {listed}\n}}\n'.encode()


def read(text: str | None, *, where: str) -> Counter[Key]:
    """Read a baseline; without one nothing is known."""
    if text is None:
        return Counter()
    try:
        content = json.loads(text)
        if content["schema"] != SCHEMA:
            raise ValueError(f"schema {content['schema']!r}")  # noqa: TRY301 - one message below
        return Counter({(str(a), str(b), str(c)): int(n) for a, b, c, n in content["known"]})
    except (ValueError, KeyError, TypeError) as error:
        raise ScaffoldError(
            f"is no baseline: {error}",
            where=where,
            remedy="write it again with scaffold check --baseline",
        ) from error


def split(findings: Iterable[Finding], known: Counter[Key]) -> tuple[list[Finding], list[Finding]]:
    """Tell what is new from what the baseline holds."""
    left = Counter(known)
    fresh: list[Finding] = []
    old: list[Finding] = []
    for finding in findings:
        name = key(finding)
        if left[name] > 0:
            left[name] -= 1
            old.append(finding)
        else:
            fresh.append(finding)
    return fresh, old
