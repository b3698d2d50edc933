"""Show what an update would do, or did: a line per file, and a diff on request."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMA = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One file of an update, as it is shown."""

    path: str
    verdict: str
    reason: str
    how: str = ""
    before: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """An update, as it is shown."""

    house: str
    before: str
    after: str
    lines: Sequence[Line]
    answers: Mapping[str, Any]
    conflict: str
    """The word of the verdict that a person has to look at."""


def plain(update: Update) -> str:
    """Write a line per file in which the house changed something, and a last one that counts."""
    if not update.lines:
        return f"nothing to do: {update.house} {update.after}\n"
    wide = max(len(line.verdict) for line in update.lines)
    shown = [f"{update.house} {update.before} -> {update.after}"]
    for line in update.lines:
        by = f" [{line.how}]" if line.how else ""
        shown.append(f"  {line.verdict:<{wide}}  {line.path}: {line.reason}{by}")
    shown += [f"  new question {name}: {value!r}" for name, value in update.answers.items()]
    counts = Counter(line.verdict for line in update.lines)
    shown.append(", ".join(f"{count} {verdict}" for verdict, count in counts.most_common()))
    return "\n".join(shown) + "\n"


def dumps(update: Update) -> str:
    """Write it as JSON; the schema is `report/schemas/update.schema.json`."""
    document = {
        "kind": "update",
        "schema": SCHEMA,
        "house": update.house,
        "before": update.before,
        "after": update.after,
        "conflicts": sum(line.verdict == update.conflict for line in update.lines),
        "files": [
            {
                "path": line.path,
                "verdict": line.verdict,
                "reason": line.reason,
                "how": line.how,
                "before": line.before,
            }
            for line in update.lines
        ],
        "answers": dict(update.answers),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
