"""`scaffold promote`: turn a repository's change into a patch for its house."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.plan import HOUSE
from scaffold.cli.speak import Format, say, say_json
from scaffold.core.errors import ExitCode

if TYPE_CHECKING:
    from scaffold.fleet.promote import Promoted


def promote(
    root: Annotated[Path, typer.Argument(metavar="REPO", help="The repository.")] = Path(),
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="These files alone.", show_default=False),
    ] = None,
    *,
    house: Annotated[str, HOUSE] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the patch to a file.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="Report as text or JSON.")] = Format.TEXT,
) -> int:
    """Turn what was changed here into a patch for the house, and prove it by rendering again.

    The patch is for `git apply` in the folder of the house. Exits with 1 when a change could not be
    brought in; the house itself is not touched.
    """
    from scaffold.fleet.promote import promote as bring  # noqa: PLC0415 - starting stays cheap

    made = bring(root, house=house, only=paths or ())
    patch = "".join(_patch(made))
    if out is not None:
        out.write_text(patch, encoding="utf-8")
    if form is Format.JSON:
        say_json(
            {
                "kind": "promotion",
                "schema": 1,
                "patch": patch,
                "proved": [str(path) for path in made.proved],
                "refused": {str(path): why for path, why in made.refused.items()},
            }
        )
    else:
        if out is None:
            typer.echo(patch, nl=False)
        for path in made.proved:
            say(f"proved {path}: the new template gives it, with the answers of this repository")
        for path, why in made.refused.items():
            say(f"left out {path}: {why}")
        if not made.proved and not made.refused:
            say("nothing was changed that the house shares")
    return ExitCode.FINDINGS if made.refused else ExitCode.OK


def _patch(made: Promoted) -> list[str]:
    lines: list[str] = []
    for path, (before, after) in sorted(made.changed.items()):
        lines += difflib.unified_diff(
            before.decode("utf-8", "replace").splitlines(keepends=True),
            after.decode("utf-8", "replace").splitlines(keepends=True),
            f"a/{path}",
            f"b/{path}",
        )
    ended = "\n\\ No newline at end of file\n"
    return [line if line.endswith("\n") else f"{line}{ended}" for line in lines]
