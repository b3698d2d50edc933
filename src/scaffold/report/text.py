"""Show a comparison on a terminal, in a pipe, or on a narrow screen."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scaffold.core.comparison import Verdict
from scaffold.report import words
from scaffold.report.anatomy import of_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from scaffold.core.comparison import Comparison, Judgement, PartRow

STYLES = {
    Verdict.EQUAL: "green",
    Verdict.ROUNDING: "green",
    Verdict.WEAK: "yellow",
    Verdict.NOT_COMPARABLE: "yellow",
    Verdict.DIFFERENT: "bold red",
    Verdict.SHAPE: "bold red",
    Verdict.MISSING: "bold red",
}
"""The colour of each verdict; the word alone says the same."""

_GAP = 2
_ALL, _NO_CLASS, _NO_NAME = (0, 1, 2, 3, 4, 5), (0, 1, 3, 4, 5), (0, 3, 4, 5)
_LAYOUTS = (
    (_ALL, True),
    (_NO_CLASS, True),
    (_NO_NAME, True),
    (_NO_NAME, False),
)
"""Columns, and whether every verdict shows its ratio or the local one alone; widest first."""


def plain(comparison: Comparison, *, width: int = 100) -> str:
    """Render as text without colour, at a given width, without trailing blanks."""
    screen = io.StringIO()
    console = Console(file=screen, width=width, color_system=None, force_terminal=False)
    console.print(renderable(comparison, width=width))
    return "\n".join(line.rstrip() for line in screen.getvalue().splitlines()) + "\n"


def renderable(comparison: Comparison, *, width: int = 100) -> RenderableType:
    """Everything that one comparison found, from the parts to the first divergence."""
    colour = "green" if comparison.agrees else "bold red"
    pieces: list[RenderableType] = [_title(comparison), Text()]
    if comparison.parts:
        pieces += [parts_table(comparison.parts, width=width), Text()]
    drift = words.drift(comparison)
    pieces += [Text(drift, style="yellow"), Text()] if drift else []
    pieces += [_rungs_table(comparison), Text(), *_coverage(comparison)]
    notes = words.folded(comparison.notes)
    pieces += [Text(), *(Text(f"note: {note}", style="dim") for note in notes)] if notes else []
    first = of_first(comparison)
    if first:
        pieces += [Text(), Text(first.what, style="bold red"), _fields(first.lines())]
    return Group(*pieces, Text(), Text(words.headline(comparison), style=colour))


def _title(comparison: Comparison) -> Text:
    title = Text("parity with ")
    title.append(comparison.reference, style="bold")
    return title.append(f", bundle {comparison.bundle}")


def parts_table(parts: Sequence[PartRow], *, width: int = 100) -> RenderableType:
    """One line per part; what says least goes first when the screen is narrow."""
    for columns, with_ratios in _LAYOUTS:
        table, needed = _table([_cells(row, with_ratios) for row in parts], columns)
        if needed <= width:
            return table
    return Group(*(_stacked(row) for row in parts))


def _table(cells: list[tuple[Text, ...]], columns: tuple[int, ...]) -> tuple[Table, int]:
    """Make a table of some columns, and say how wide it is."""
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    needed = -_GAP
    for index in columns:
        table.add_column(words.COLUMNS[index], no_wrap=True)
        widest = max(row[index].cell_len for row in cells)
        needed += max(len(words.COLUMNS[index]), widest) + _GAP
    for row in cells:
        table.add_row(*(row[index] for index in columns))
    return table, needed


def _cells(row: PartRow, with_ratios: bool) -> tuple[Text, ...]:  # noqa: FBT001 - one private caller
    return (
        Text(words.part_name(row.part)),
        Text(words.ours_name(row)),
        Text(row.kind),
        _verdict(row.local),
        _verdict(row.interface, with_ratio=with_ratios),
        _verdict(row.end_to_end, with_ratio=with_ratios),
    )


def _verdict(judgement: Judgement, *, with_ratio: bool = True) -> Text:
    word = words.judgement_text(judgement, with_ratio=with_ratio)
    return Text(word, style=STYLES[judgement.verdict])


def _stacked(row: PartRow) -> Text:
    """A few short lines for one part, for screens on which no table fits."""
    lines = Text(words.part_name(row.part), style="bold")
    for title, judgement in zip(words.COLUMNS[3:], words.three(row), strict=True):
        lines.append(f"\n  {title:<10}  ", style="not bold").append_text(_verdict(judgement))
    return lines


def _rungs_table(comparison: Comparison) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    table.add_column("rung", no_wrap=True)
    table.add_column("agree", no_wrap=True, justify="right")
    table.add_column("worst item", overflow="fold")
    for line in words.rung_lines(comparison):
        table.add_row(
            line.rung.value,
            Text(f"{line.agreeing} of {line.total}", style="green" if line.agrees else "bold red"),
            _verdict(line.judgement).append(f"  {line.worst}".rstrip(), style="default not bold"),
        )
    return table


def _coverage(comparison: Comparison) -> list[RenderableType]:
    told = words.coverage_text(comparison)
    lines: list[RenderableType] = [Text(told)] if told else []
    lines += [Text(f"  not matched  {text}", style="bold red") for text in comparison.unmatched]
    silent = words.not_compared(comparison)
    if silent:
        names = ", ".join(rung.value for rung in silent)
        lines.append(Text(f"not compared: {names}", style="yellow"))
    return lines


def _fields(lines: tuple[tuple[str, str], ...]) -> RenderableType:
    grid = Table.grid(padding=(0, _GAP))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for heading, text in lines:
        grid.add_row(heading, Text(text))
    return Padding(grid, (0, 0, 0, 2))
