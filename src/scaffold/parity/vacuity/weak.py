"""Read from a bundle which of its goldens could not have failed, and say so beside the verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scaffold.core.comparison import PartRow, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.golden import Bundle

TABLE = "sensitivity"
GENERAL = frozenset(
    {
        "arguments",
        "extra",
        "offset",
        "output",
        "residual-extra",
        "residual-missing",
        "scale-missing",
        "sign",
    }
)
"""Defects that show in whatever a part gives; seeing them says nothing about what it is."""
STILL = (
    "the golden is one number everywhere; "
    "a batch or weights on which the reference's part does something would help"
)
SHOWN = 8
"""Blind spots that are told one by one; the rest is counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weakness:
    """What the goldens of a bundle cannot show."""

    parts: dict[str, str]
    """Theirs' parts of which no planted defect is seen, each with what would help."""
    notes: tuple[str, ...]

    def told(self, rows: Iterable[PartRow]) -> tuple[PartRow, ...]:
        """Give the rows, those that agree with a golden that could not have failed as `weak`."""
        return tuple(self._told(row) for row in rows)

    def _told(self, row: PartRow) -> PartRow:
        if row.part not in self.parts or not row.local.verdict.agrees:
            return row
        local = replace(row.local, verdict=Verdict.WEAK, reason=self.parts[row.part])
        return replace(row, local=local)


def weakness(bundle: Bundle) -> Weakness:
    """Read the table of a bundle; one without it (an older recording) has a note that says so."""
    table = bundle.tables.get(TABLE)
    still = dict.fromkeys(bundle.tables.get("perturbation", {}).get("still", ()), STILL)
    if table is None:
        note = "which defects the goldens can see was not measured; `scaffold record` measures it"
        return Weakness(parts=still, notes=(note,))
    blind: list[list[str]] = table["blind"]
    parts = {
        part: f"the golden shows none of the defects of its kind ({', '.join(own)}); "
        f"a probe that gives {_help(blind, part, own)} would"
        for part, kinds in table["parts"].items()
        if (own := sorted(kinds.keys() - GENERAL)) and not any("1" in kinds[kind] for kind in own)
    }
    return Weakness(parts={**parts, **still}, notes=tuple(_notes(table, blind)))


def _help(blind: list[list[str]], part: str, kinds: list[str]) -> str:
    return next(helps for name, kind, _, helps in blind if name == part and kind in kinds)


def _notes(table: dict[str, Any], blind: list[list[str]]) -> Iterable[str]:
    kinds = [on for seen in table["parts"].values() for on in seen.values()]
    seen = sum("1" in on for on in kinds)
    yield f"the goldens see {seen} of {len(kinds)} kinds of planted defects"
    for part, _, claim, helps in blind[:SHOWN]:
        yield f"blind spot: {part or 'the model'}: {claim} would not be seen; {helps} would show it"
    if len(blind) > SHOWN:
        yield f"and {len(blind) - SHOWN} more blind spots, in the bundle's table {TABLE!r}"
    for part in table["skipped"]:
        yield f"{part or 'the model'} is too large to be examined for blind spots"
