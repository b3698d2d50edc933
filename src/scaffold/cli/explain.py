"""`scaffold explain`: show what is known of a practice, a defect, a gate or a rule."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli.speak import Format, say, say_json
from scaffold.core.errors import ExitCode

if TYPE_CHECKING:
    from scaffold.house.pages import Page

_WIDTH = 96
_INDENT = 14


def explain(
    wanted: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="P01..P64, D01..D174, G0..G12, or a rule by id or name, e.g. CFG001."
        ),
    ],
    *,
    form: Annotated[Format, typer.Option("--format", help="Report as text or JSON.")] = Format.TEXT,
) -> int:
    """Show the page of a practice (P13), a defect (D47), a gate (G4a) or a rule (CFG001)."""
    from scaffold.check.manual import entry, named  # noqa: PLC0415 - stays cheap

    if (rule := named(wanted)) is not None:
        page_of_rule = entry(rule)
        if form is Format.JSON:
            say_json({"schema": 1, **page_of_rule.document})
        else:
            say(page_of_rule.text)
        return ExitCode.OK
    from scaffold.house.pages import abbreviations, find_page  # noqa: PLC0415 - stays cheap

    page = find_page(wanted)
    content: dict[str, Any] = {
        "schema": 1,
        **{name: getattr(page, name) for name in page.__dataclass_fields__},
        "served_by": _served_by(page),
        "abbreviations": abbreviations(page),
    }
    if form is Format.JSON:
        say_json(content)
    else:
        say("\n".join(_lines(content)))
    return ExitCode.OK


def _served_by(page: Page) -> list[str]:
    """Name the paths of the house that ships which serve a practice."""
    from scaffold.house.shipped import DEFAULT, shelf  # noqa: PLC0415 - starting stays cheap
    from scaffold.house.table import read_house  # noqa: PLC0415 - likewise

    folder = shelf() / DEFAULT
    if page.kind != "practice" or not folder.is_dir():
        return []
    return [row.path for row in read_house(folder).rows if page.id in row.practices]


def _lines(content: dict[str, Any]) -> list[str]:
    lines = [f"{content['id']}  {content['title']}", f"    {content['kind']} · {content['part']}"]
    if content["text"]:
        lines += ["", *textwrap.wrap(content["text"], _WIDTH)]
    labels = {
        "check": "done when",
        "seen_by": "seen by",
        "blind": "missed by",
        "evidence": "shown by",
        "source": "source",
    }
    told = [(label, content[name]) for name, label in labels.items() if content[name]]
    if content["served_by"]:
        told.append(("kept in", ", ".join(content["served_by"])))
    lines += ["", *(line for label, text in told for line in _told(label, text))]
    if content["abbreviations"]:
        lines += ["", *(f"  {name}: {said}" for name, said in content["abbreviations"].items())]
    return lines


def _told(label: str, text: str) -> list[str]:
    wrapped = textwrap.wrap(text, _WIDTH - _INDENT, break_on_hyphens=False)
    return [f"{label:<{_INDENT}}{wrapped[0]}", *(" " * _INDENT + line for line in wrapped[1:])]
