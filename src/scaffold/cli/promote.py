"""`scaffold promote`: turn a repository's change into a patch for its house."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaffold.cli.plan import HOUSE
from scaffold.cli.speak import Format, say, say_json
from scaffold.core.errors import ExitCode


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
    from scaffold.report.patch import patch  # noqa: PLC0415 - likewise

    made = bring(root, house=house, only=paths or ())
    text = patch((path, before, after) for path, (before, after) in made.changed.items())
    if out is not None:
        out.write_text(text, encoding="utf-8")
    if form is Format.JSON:
        say_json(
            {
                "kind": "promotion",
                "schema": 1,
                "patch": text,
                "proved": [str(path) for path in made.proved],
                "refused": {str(path): why for path, why in made.refused.items()},
            }
        )
    else:
        if out is None:
            typer.echo(text, nl=False)
        for path in made.proved:
            say(f"proved {path}: the new template gives it, with the answers of this repository")
        for path, why in made.refused.items():
            say(f"left out {path}: {why}")
        if not made.proved and not made.refused:
            say("nothing was changed that the house shares")
    return ExitCode.FINDINGS if made.refused else ExitCode.OK
