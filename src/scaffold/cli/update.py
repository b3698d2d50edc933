"""`scaffold update`: bring the house of today into a repository, without losing a line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaffold.cli.plan import HOUSE, SETTINGS, show
from scaffold.cli.speak import Format, busy, say
from scaffold.core.errors import ExitCode, ScaffoldError


def update(
    root: Annotated[Path, typer.Argument(metavar="REPO", help="The repository.")] = Path(),
    *,
    house: Annotated[str, HOUSE] = "",
    settings: Annotated[list[str] | None, SETTINGS] = None,
    autostash: Annotated[
        bool,
        typer.Option(
            "--autostash", help="Put changes that are not committed away, and back after."
        ),
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="Report as text or JSON.")] = Format.TEXT,
) -> int:
    """Bring the house of today into a repository: what you changed stays, or is a conflict.

    The result lies in the working tree, not committed; `scaffold undo` takes it back. Exits with 1
    when it leaves conflicts, as git leaves them: markers in the files, stages in the index.
    """
    from scaffold.cli.newer import bring_back, require_clean  # noqa: PLC0415 - stays cheap
    from scaffold.fleet.planning import planned  # noqa: PLC0415 - likewise
    from scaffold.house.rewrite import recover  # noqa: PLC0415 - likewise
    from scaffold.update.carry import carry_out  # noqa: PLC0415 - likewise

    recovered = recover(root)
    if recovered and form is Format.TEXT:
        say(recovered)
    stashed = require_clean(root, stash=autostash)
    try:
        with busy("rendering the house of today"):
            made = planned(root, house, settings or [])
        carry_out(root, made)
    except ScaffoldError:
        if stashed:
            bring_back(root)
        raise
    show(made, form)
    if stashed and (made.conflicts or not bring_back(root)):
        say(
            "what you had not committed is in the stash: git stash pop, when the conflicts are gone"
        )
        return ExitCode.FINDINGS
    if form is Format.TEXT and not made.empty:
        _next(made.conflicts != ())
    return ExitCode.FINDINGS if made.conflicts else ExitCode.OK


def _next(conflicts: bool) -> None:  # noqa: FBT001 - one of two texts
    if conflicts:
        say("\nnext: resolve what git status calls unmerged, then commit; or scaffold undo")
    else:
        say("\nnext: look at it (git diff), run the tests, commit; or scaffold undo")
