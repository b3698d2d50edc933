"""Fail a test with a message that says what, where, how far, since when, why, and what to do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold.core.comparison import PartRow, Rung, RungRow
from scaffold.report.anatomy import Anatomy, of_first, of_item, of_part
from scaffold.report.words import part_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.core.comparison import Comparison
    from scaffold.core.errors import ScaffoldError

_SHOWN = 10
"""How many rows a message lists before it counts the rest."""


class ParityDivergence(AssertionError):  # noqa: N818 - a divergence is a finding, not an error
    """Ours and theirs differ, or could not be compared."""


ParityDivergence.__module__ = "scaffold.testing"  # the name that a reader can import


def of_row(row: PartRow | RungRow, comparison: Comparison, since: str = "") -> str:
    """Say what is wrong with one row, beside where the comparison went wrong first.

    Args:
        row: The row.
        comparison: All that was found.
        since: When it was right last, where that is known.
    """
    first = comparison.first
    found = of_part(row, first) if isinstance(row, PartRow) else of_item(row, first)
    known = "; ".join(text for text in (found.since, since) if text)
    return str(replace(found, since=known))


def of_rows(rows: Sequence[PartRow | RungRow], comparison: Comparison) -> str:
    """Say the first of several wrong rows in full and name the others."""
    first, *others = rows
    return of_row(first, comparison) + _also([row_name(row) for row in others])


def _also(names: Sequence[str]) -> str:
    if not names:
        return ""
    named = list(names[:_SHOWN])
    if len(names) > _SHOWN:
        named.append(f"{len(names) - _SHOWN} more")
    return f"\n  also     {', '.join(named)}"


def row_name(row: PartRow | RungRow) -> str:
    """Name a row as its test is named: our name, or theirs where nothing of ours is mapped."""
    return part_name(row.ours or row.part) if isinstance(row, PartRow) else row.item


def of_comparison(comparison: Comparison) -> str:
    """Say what is wrong with a comparison; empty when it agrees."""
    wrong: list[PartRow | RungRow] = [row for row in comparison.parts if not row.agrees]
    wrong += [row for row in comparison.rungs if not row.judgement.verdict.agrees]
    if comparison.first:
        named = [row_name(row) for row in wrong if row_name(row) != comparison.first.place]
        return f"{of_first(comparison)}{_also(named)}"
    if wrong:
        return of_rows(wrong, comparison)
    if comparison.unmatched:
        return f"parts of the reference are not matched{_also(comparison.unmatched)}"
    return ""


def of_first_alone(comparison: Comparison) -> str:
    """Say a first divergence that no row shows, such as glue between parts."""
    return str(of_first(comparison))


def of_error(error: ScaffoldError, rung: Rung) -> str:
    """Say why a rung could not be compared at all."""
    return str(
        Anatomy(
            what=f"rung {rung} could not be compared: {error.what}",
            where=error.where,
            how_far="",
            since="",
            cause="",
            remedy=error.remedy,
        )
    )


def of_no_goldens(rung: Rung, bundle: str, why: str = "") -> str:
    """Say that nothing was recorded on a rung, which is a finding and no reason to skip."""
    return str(
        Anatomy(
            what=f"rung {rung} has no goldens",
            where=bundle,
            how_far="not measured",
            since="",
            cause=why or "nothing was recorded on this rung, so nothing is known about it",
            remedy="let the reference's adapter define what the rung needs, then: scaffold record",
        )
    )


def of_unmatched(text: str) -> str:
    """Say that the reference has a part and ours has none for it."""
    part, _, reason = text.partition(": ")
    return str(
        Anatomy(
            what=f"{part} of the reference is not matched",
            where="rung forward",
            how_far="not measured",
            since="",
            cause=reason,
            remedy="write the part and add a [[part]] row to the map, or an [[excused]] row that "
            "says why it has no counterpart",
        )
    )


def of_no_row(rung: Rung, item: str, bundle: str) -> str:
    """Say that a golden exists and the comparison said nothing about it."""
    return str(
        Anatomy(
            what=f"{item} was not compared",
            where=f"rung {rung}; {bundle}",
            how_far="not measured",
            since="",
            cause="the bundle holds goldens for it, and the comparison gave no row",
            remedy=f"see what was compared instead: scaffold compare --rung {rung}",
        )
    )
