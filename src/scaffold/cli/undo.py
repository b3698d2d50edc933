"""`scaffold undo`: take the last update back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaffold.cli.speak import Format, say, say_json
from scaffold.core.errors import ExitCode


def undo(
    root: Annotated[Path, typer.Argument(metavar="REPO", help="The repository.")] = Path(),
    *,
    form: Annotated[Format, typer.Option("--format", help="Report as text or JSON.")] = Format.TEXT,
) -> int:
    """Take the last update back: every byte, every mode, and the index of git.

    Refuses when a file that the update wrote was changed since.
    """
    from scaffold.house.rewrite import recover  # noqa: PLC0415 - starting stays cheap
    from scaffold.update.carry import undo as take_back  # noqa: PLC0415 - likewise

    recover(root)
    undone = take_back(root)
    if form is Format.JSON:
        say_json(
            {
                "kind": "undo",
                "schema": 1,
                "files": undone.files,
                "version": undone.before,
                "taken_back": undone.after,
            }
        )
    else:
        say(f"took back {undone.files} files: {undone.after} -> {undone.before}")
    return ExitCode.OK
