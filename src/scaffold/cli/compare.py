"""`scaffold compare`: hold a reimplementation against the goldens of its reference."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.hush import quiet
from scaffold.core.comparison import Rung
from scaffold.core.errors import ExitCode

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
    form: Annotated[
        Picture, typer.Option("--format", help="Show as text, JSON or an SVG picture.")
    ] = Picture.TEXT,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write to a file instead.")
    ] = None,
) -> int:
    """Say whether ours is the same model as theirs, and where it stops being so.

    Exits with 0 when everything agrees, with 1 when something does not.
    """
    from scaffold.house.manifest import read_parity  # noqa: PLC0415 - starting stays cheap
    from scaffold.report.selection import only  # noqa: PLC0415 - likewise
    from scaffold.testing.ladder import Ladder  # noqa: PLC0415 - likewise

    root, names = _repository_and_parts([repository, *(parts or [])])
    with quiet():
        comparison = _climbed(Ladder(read_parity(root), show_warnings=False), rungs or list(Rung))
    shown = only(comparison, names)
    if out is not None:
        _write(out, _rendered(shown, form))
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


def _climbed(ladder: Ladder, rungs: Sequence[Rung]) -> Comparison:
    """Compare, with progress where a person looks on."""
    if not sys.stderr.isatty():
        return ladder.explained(ladder.climb(rungs))
    from rich.console import Console  # noqa: PLC0415 - starting stays cheap

    with Console(stderr=True).status("opening the goldens") as status:
        found = ladder.climb(rungs, tell=lambda rung: status.update(f"comparing: {rung}"))
        status.update("looking for the cause")
        return ladder.explained(found)


def _rendered(comparison: Comparison, form: Picture) -> str:
    from scaffold.report import jsonform, svg, text  # noqa: PLC0415 - starting stays cheap

    match form:
        case Picture.JSON:
            return jsonform.dumps(comparison)
        case Picture.SVG:
            return svg.render(comparison)
        case Picture.TEXT:
            return text.plain(comparison, width=PIPE_WIDTH)


def _show(comparison: Comparison) -> None:
    from rich.console import Console  # noqa: PLC0415 - starting stays cheap

    from scaffold.report import text  # noqa: PLC0415 - likewise

    console = Console(highlight=False)
    console.print(text.renderable(comparison, width=console.width))


def _write(path: Path, content: str) -> None:
    """Put a file into its place in one step."""
    from scaffold.core.errors import ScaffoldError  # noqa: PLC0415 - only where it fails

    beside = path.with_name(f".{path.name}.writing")
    try:
        beside.write_text(content, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ScaffoldError(
            f"cannot be written: {error.strerror}",
            where=str(path),
            remedy="name a file in a folder that exists and is yours",
        ) from error
