"""Draw a comparison as one self-contained picture, for a README in light and dark."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from scaffold.core.comparison import Verdict
from scaffold.report import words
from scaffold.report.anatomy import of_first
from scaffold.report.palette import TONES, stylesheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.core.comparison import Comparison, Judgement, PartRow
    from scaffold.report.words import RungLine

ROWS = 48
"""How many parts one picture shows; diverging parts stay, agreeing ones are summed up."""

LEGEND = (
    "q is the distance to our float64 result in units of the rounding that ours makes: "
    "about 1 is one more rounding of the same function."
)

_MARGIN, _LINE, _GAP = 24, 26, 18
_MONO, _SANS = 7.53, 6.9
"""Measured advance of one character, in pixels: a fixed-pitch font at 12.5, a wide sans at 13."""
_CHIP = 128
_LONGEST = 34
_CARDS = 5
_NARROWEST = 760


@dataclass(slots=True)
class _Sheet:
    """Marks on a growing page; `y` is where the next line goes."""

    width: int
    y: int = _MARGIN
    marks: list[str] = field(default_factory=list)

    def write(self, x: float, text: str, style: str, *, title: str = "") -> None:
        hover = f"<title>{_xml(title)}</title>" if title else ""
        place = f'x="{x:.0f}" y="{self.y}" class={quoteattr(style)}'
        self.marks.append(f"<text {place}>{hover}{_xml(text)}</text>")

    def box(self, x: float, y: float, width: float, height: float, style: str) -> None:
        place = f'x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}" rx="6"'
        self.marks.append(f"<rect {place} class={quoteattr(style)}/>")

    def rule(self) -> None:
        ends = f'x1="{_MARGIN}" x2="{self.width - _MARGIN}" y1="{self.y}" y2="{self.y}"'
        self.marks.append(f'<line {ends} class="edge"/>')


def render(comparison: Comparison) -> str:
    """Draw the picture: the parts, the rungs, the first divergence."""
    rows, left_out = _chosen(comparison.parts)
    columns = _columns(rows)
    sheet = _Sheet(width=max(_NARROWEST, columns[-1] + _CHIP + _MARGIN))
    _heading(sheet, comparison)
    if rows:
        _parts(sheet, rows, columns, left_out)
    _ladder(sheet, words.rung_lines(comparison))
    _footer(sheet, comparison)
    return _document(sheet, words.headline(comparison))


def _chosen(parts: Sequence[PartRow]) -> tuple[list[PartRow], int]:
    """Keep what fits, in dataflow order: first what diverges, then what comes early."""
    by_need = sorted(range(len(parts)), key=lambda index: (parts[index].agrees, index))
    kept = sorted(by_need[:ROWS])
    return [parts[index] for index in kept], len(parts) - len(kept)


def _columns(rows: Sequence[PartRow]) -> tuple[int, ...]:
    """Place six columns by the widest text of each."""
    texts = (
        ("part", *(words.part_name(row.part) for row in rows)),
        ("ours", *(words.ours_name(row) for row in rows)),
        ("class", *(row.kind for row in rows)),
    )
    places, x = [], _MARGIN
    for column in texts:
        places.append(x)
        x += int(min(_LONGEST, max(map(len, column))) * _MONO) + _GAP
    return (*places, x, x + _CHIP, x + 2 * _CHIP)


def _heading(sheet: _Sheet, comparison: Comparison) -> None:
    tone = "good" if comparison.agrees else "bad"
    sheet.y += 16
    sheet.write(_MARGIN, f"Parity with {comparison.reference}", "title ink")
    sheet.y += 24
    sheet.write(_MARGIN, words.headline(comparison), f"{tone} word")
    sheet.y += 20
    matched = words.coverage_text(comparison).removeprefix("coverage: ")
    about = "; ".join(text for text in (matched, f"bundle {comparison.bundle}") if text)
    sheet.write(_MARGIN, about, "soft")
    sheet.y += 30


def _parts(sheet: _Sheet, rows: Sequence[PartRow], columns: tuple[int, ...], left_out: int) -> None:
    for x, title in zip(
        columns, ("part", "ours", "class", "local", "interface", "end to end"), strict=True
    ):
        sheet.write(x, title, "head soft")
    sheet.y += 10
    for row in rows:
        sheet.rule()
        sheet.y += 18
        _name(sheet, columns[0], words.part_name(row.part), "mono ink")
        _name(sheet, columns[1], words.ours_name(row), "mono ink")
        _name(sheet, columns[2], row.kind, "mono soft")
        for x, judgement in zip(
            columns[3:], (row.local, row.interface, row.end_to_end), strict=True
        ):
            _chip(sheet, x, judgement)
        sheet.y += _LINE - 18
    sheet.rule()
    if left_out:
        sheet.y += 18
        sheet.write(_MARGIN, f"and {left_out} more parts, see scaffold compare", "soft")
        sheet.y += 4
    sheet.y += 18


def _name(sheet: _Sheet, x: float, name: str, style: str) -> None:
    """Write a name; a long one loses its middle and keeps its whole self as a tooltip."""
    if len(name) <= _LONGEST:
        sheet.write(x, name, style)
        return
    half = (_LONGEST - 1) // 2
    sheet.write(x, f"{name[:half]}…{name[-half:]}", style, title=name)


def _chip(sheet: _Sheet, x: float, judgement: Judgement) -> None:
    tone = TONES[judgement.verdict]
    word, ratio = judgement.verdict.value, words.ratio_text(judgement.ratio).removeprefix("q ")
    sheet.box(x - 8, sheet.y - 14, _CHIP - 10, 20, f"chip-{tone}")
    sheet.write(x, word, f"word {tone}")
    if ratio and judgement.verdict is not Verdict.EQUAL:
        sheet.write(x + _CHIP - 24, ratio, f"ratio {tone}")


def _ladder(sheet: _Sheet, lines: Sequence[RungLine]) -> None:
    """One card per rung, five in a row."""
    width = (sheet.width - 2 * _MARGIN - (_CARDS - 1) * 10) / _CARDS
    for start in range(0, len(lines), _CARDS):
        top = sheet.y
        for place, line in enumerate(lines[start : start + _CARDS]):
            sheet.y = top
            _card(sheet, _MARGIN + place * (width + 10), width, line)
        sheet.y = top + 66


def _card(sheet: _Sheet, x: float, width: float, line: RungLine) -> None:
    tone = "good" if line.agrees else "bad"
    sheet.box(x, sheet.y, width, 56, "card edge")
    sheet.y += 22
    sheet.write(x + 12, line.rung.value, "head ink")
    ratio = words.ratio_text(line.judgement.ratio)
    if ratio and line.judgement.verdict is not Verdict.EQUAL:
        sheet.write(x + width - 12, ratio, f"ratio {tone}", title=f"worst: {line.worst}")
    sheet.y += 20
    sheet.write(x + 12, f"{line.agreeing} of {line.total} agree", f"word {tone}", title=line.worst)


def _footer(sheet: _Sheet, comparison: Comparison) -> None:
    wide = int((sheet.width - 2 * _MARGIN) / _SANS)
    for text in comparison.unmatched:
        _paragraph(sheet, f"not matched: {text}", wide, "bad")
    first = of_first(comparison)
    if first:
        sheet.y += 26
        sheet.write(_MARGIN, first.what, "word bad")
        for heading, text in first.lines():
            sheet.y += 20
            sheet.write(_MARGIN, heading, "head soft")
            for index, piece in enumerate(textwrap.wrap(text, wide - 10)):
                sheet.y += 18 if index else 0
                sheet.write(_MARGIN + 70, piece, "ink")
        sheet.y += 8
    _paragraph(sheet, LEGEND, wide, "soft")


def _paragraph(sheet: _Sheet, text: str, wide: int, style: str) -> None:
    for piece in textwrap.wrap(text, wide):
        sheet.y += 18
        sheet.write(_MARGIN, piece, style)


def _document(sheet: _Sheet, label: str) -> str:
    height = sheet.y + _MARGIN - 8
    size = f'width="{sheet.width}" height="{height}" viewBox="0 0 {sheet.width} {height}"'
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            f"<title>{_xml(f'Parity table: {label}')}</title>",
            f"<style>\n{stylesheet()}\n</style>",
            f'<rect width="{sheet.width}" height="{height}" rx="8" class="page"/>',
            *sheet.marks,
            "</svg>",
            "",
        )
    )


def _xml(text: str) -> str:
    """Escape, and drop the control characters that XML cannot hold."""
    return escape(re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "�", text))
