"""`scaffold status`: how much of the reference is rewritten, and how much of that is proved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.speak import Format, say, say_json
from scaffold.core.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.house.evidence import Stand

BAR = 40


def status(
    repository: Annotated[Path, typer.Argument(metavar="REPO", help="The repository.")] = Path(),
    *,
    form: Annotated[Format, typer.Option("--format", help="Report as text or JSON.")] = Format.TEXT,
) -> int:
    """Show which classes of the reference are delegated, taken, written, proved.

    What is proved is read from the last `scaffold compare`; evidence that is older than the code
    of a class does not count. Exits with 1 when a written class diverges.
    """
    from scaffold.house.evidence import Standing, stands  # noqa: PLC0415 - starting stays cheap
    from scaffold.house.parts import PARTS, read_parts  # noqa: PLC0415 - likewise

    found = stands(read_parts(repository / PARTS))
    counts = {kind: sum(one.standing is kind for one in found) for kind in Standing}
    if form is Format.JSON:
        say_json(
            {
                "kind": "status",
                "schema": 1,
                "counts": {str(kind): count for kind, count in counts.items()},
                "classes": [
                    {
                        "ours": one.row.ours,
                        "theirs": one.row.theirs,
                        "places": list(one.row.places),
                        "standing": str(one.standing),
                        "why": one.why,
                    }
                    for one in found
                ],
            }
        )
    else:
        say("\n".join(_lines(found, counts[Standing.PROVED])))
    return ExitCode.FINDINGS if counts[Standing.DIVERGES] else ExitCode.OK


def _lines(found: Sequence[Stand], proved: int) -> list[str]:
    width = max(len(one.row.ours) for one in found)
    done = round(BAR * proved / len(found))
    lines = [f"{'#' * done}{'.' * (BAR - done)} {proved} of {len(found)} classes proved", ""]
    for one in found:
        places = f"{len(one.row.places)} place{'' if len(one.row.places) == 1 else 's'}"
        why = f"  {one.why}" if one.why else ""
        lines.append(f"{one.standing:<10} {one.row.ours:<{width}}  {places}{why}")
    return [*lines, "", *_next(found)]


def _next(found: Sequence[Stand]) -> list[str]:
    """Say what to do: mend what diverges, compare what is not, then take the next class."""
    for wanted, words in (
        ("diverges", "next: mend {name}, then scaffold compare"),
        ("written", "next: scaffold compare, which proves {name} or says where it diverges"),
        ("taken", "next: write {name}, then scaffold new-part {name} --written"),
        ("delegated", "next: scaffold new-part {name}"),
    ):
        first = next((one for one in found if one.standing == wanted), None)
        if first is not None:
            return [words.format(name=first.row.module)]
    return ["every class is written and proved: nothing but the adapter imports the reference"]
