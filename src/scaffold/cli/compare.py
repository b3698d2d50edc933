"""`scaffold compare`: hold a reimplementation against the goldens of its reference."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.hush import quiet
from scaffold.cli.tier import Tier
from scaffold.cli.write import write
from scaffold.core.comparison import Rung
from scaffold.core.errors import ExitCode
from scaffold.trace.roles import PRECISIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.core.comparison import Comparison
    from scaffold.testing.ladder import Ladder

PIPE_WIDTH = 160
"""Nobody's screen ends there, so a pipe gets the whole table."""


class Picture(StrEnum):
    """How a comparison is shown."""

    TEXT = "text"
    JSON = "json"
    SVG = "svg"
    HTML = "html"


class Precision(StrEnum):
    """A way to run ours that is asked for by name."""

    FLOAT16 = "float16"
    COMPILED = "compiled"
    EXPORTED = "exported"
    CUDA = "cuda"


CLOSELY = (Picture.JSON, Picture.HTML)
"""The forms that show the tensors that differ element by element."""
PAGE = Path("build", "parity.html")
"""Where the page lies in a repository when nobody says otherwise; git ignores that folder."""


def compare(
    repository: Annotated[
        str, typer.Argument(metavar="REPO", help="The repository; may be left out when here.")
    ] = ".",
    parts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PART",
            help="Show these parts alone, by our names or theirs.",
            show_default=False,
        ),
    ] = None,
    *,
    rungs: Annotated[
        list[Rung] | None,
        typer.Option("--rung", help="Compare this rung alone; may be repeated."),
    ] = None,
    tier: Annotated[
        Tier,
        typer.Option(help="What the full model is judged on: sketches (T0) or full tensors (T1)."),
    ] = Tier.T0,
    precisions: Annotated[
        list[Precision] | None,
        typer.Option(
            "--precision",
            help="Run ours in this way too, on the last rung; may be repeated.",
        ),
    ] = None,
    form: Annotated[
        Picture,
        typer.Option(
            "--format", help="Show as text, JSON, an SVG picture or an HTML page with everything."
        ),
    ] = Picture.TEXT,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write to a file instead; a page goes to build/parity.html of the repository.",
        ),
    ] = None,
) -> int:
    """Say whether ours is the same model as theirs, and where it stops being so.

    Exits with 0 when everything agrees, with 1 when something does not.
    """
    from scaffold.house.manifest import read_parity  # noqa: PLC0415 - starting stays cheap
    from scaffold.report.selection import only  # noqa: PLC0415 - likewise
    from scaffold.report.words import headline  # noqa: PLC0415 - likewise
    from scaffold.testing.ladder import Ladder  # noqa: PLC0415 - likewise

    root, names = _repository_and_parts([repository, *(parts or [])])
    with quiet():
        ways = dict.fromkeys((*PRECISIONS, *(way.value for way in precisions or ())))
        ladder = Ladder(read_parity(root), tier=tier, precisions=tuple(ways), show_warnings=False)
        comparison = _climbed(ladder, rungs or list(Rung), closely=form in CLOSELY)
    shown = only(comparison, _remembered(root, comparison, names))
    if form is Picture.HTML:
        lies = write(out or root / PAGE, _rendered(shown, form), folder=out is None)
        typer.echo(f"{headline(shown)}\nthe page lies at {lies}")
    elif out is not None:
        write(out, _rendered(shown, form))
    elif form is Picture.TEXT and sys.stdout.isatty():
        _show(shown)
    else:
        typer.echo(_rendered(shown, form), nl=False)
    return ExitCode.OK if shown.agrees else ExitCode.FINDINGS


def _repository_and_parts(names: Sequence[str]) -> tuple[Path, Sequence[str]]:
    """Tell a repository from a part: a folder that is there, or a name with a slash in it."""
    if Path(names[0]).is_dir() or "/" in names[0]:
        return Path(names[0]), names[1:]
    return Path(), names


def _remembered(root: Path, comparison: Comparison, names: Sequence[str]) -> Sequence[str]:
    """Keep what is proved; a class that is named is its places."""
    from scaffold.house.parts import PARTS, read_parts  # noqa: PLC0415 - starting stays cheap
    from scaffold.house.proof import RUNGS, kept  # noqa: PLC0415 - likewise

    (root / RUNGS).parent.mkdir(parents=True, exist_ok=True)
    write(root / RUNGS, kept(root, comparison))
    if not (root / PARTS).is_file():
        return names
    from scaffold.house.evidence import EVIDENCE, evidence_of  # noqa: PLC0415 - only there

    table = read_parts(root / PARTS)
    if comparison.parts:
        write(root / EVIDENCE, json.dumps(evidence_of(table, comparison), indent=1) + "\n")
    places = {row.module: row.places for row in table.rows}
    places |= {row.name: row.places for row in table.rows}
    return [place for name in names for place in places.get(name, (name,))]


def _climbed(ladder: Ladder, rungs: Sequence[Rung], *, closely: bool) -> Comparison:
    """Compare, with progress where a person looks on."""
    if not sys.stderr.isatty():
        found = ladder.explained(ladder.climb(rungs))
        return ladder.looked_at(found) if closely else found
    from rich.console import Console  # noqa: PLC0415 - starting stays cheap

    with Console(stderr=True).status("opening the goldens") as status:
        found = ladder.climb(rungs, tell=lambda rung: status.update(f"comparing: {rung}"))
        status.update("looking for the cause")
        found = ladder.explained(found)
        if closely:
            status.update("looking closely at what differs")
            found = ladder.looked_at(found)
        return found


def _rendered(comparison: Comparison, form: Picture) -> str:
    from scaffold.report import jsonform, page, svg, text  # noqa: PLC0415 - starting stays cheap

    match form:
        case Picture.JSON:
            return jsonform.dumps(comparison)
        case Picture.SVG:
            return svg.render(comparison)
        case Picture.HTML:
            return page.render(comparison)
        case Picture.TEXT:
            return text.plain(comparison, width=PIPE_WIDTH)


def _show(comparison: Comparison) -> None:
    from rich.console import Console  # noqa: PLC0415 - starting stays cheap

    from scaffold.report import text  # noqa: PLC0415 - likewise

    console = Console(highlight=False)
    console.print(text.renderable(comparison, width=console.width))
