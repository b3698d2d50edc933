"""`scaffold plan`: show what an update would do to a repository, without doing it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.speak import Format, busy
from scaffold.core.errors import ExitCode

if TYPE_CHECKING:
    from scaffold.report.updating import Update
    from scaffold.update.plan import UpdatePlan

HOUSE = typer.Option(
    "--house", metavar="SRC", help="Where the house lies: a folder or a git address (URL@tag)."
)
SETTINGS = typer.Option("--set", metavar="NAME=VALUE", help="Change one answer; may be repeated.")


def plan(
    root: Annotated[Path, typer.Argument(metavar="REPO", help="The repository.")] = Path(),
    *,
    house: Annotated[str, HOUSE] = "",
    settings: Annotated[list[str] | None, SETTINGS] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show the texts that would change.")] = False,
    form: Annotated[Format, typer.Option("--format", help="Report as text or JSON.")] = Format.TEXT,
) -> int:
    """Show what an update to the house of today would do, file by file, and change nothing.

    Exits with 1 when it would leave conflicts.
    """
    from scaffold.fleet.planning import planned  # noqa: PLC0415 - starting stays cheap

    with busy("rendering the house of today"):
        made = planned(root, house, settings or [])
    show(made, form)
    if diff and form is Format.TEXT:
        typer.echo(_diff(root, made), nl=False)
    return ExitCode.FINDINGS if made.conflicts else ExitCode.OK


def show(made: UpdatePlan, form: Format) -> None:
    """Print a plan."""
    from scaffold.report import updating  # noqa: PLC0415 - starting stays cheap

    shown = as_shown(made)
    said = updating.dumps(shown) if form is Format.JSON else updating.plain(shown)
    typer.echo(said, nl=False)


def as_shown(made: UpdatePlan) -> Update:
    """Give a plan in the form in which it is shown."""
    from scaffold.report.updating import Line, Update  # noqa: PLC0415 - starting stays cheap
    from scaffold.update.verdict import Verdict  # noqa: PLC0415 - likewise

    return Update(
        house=made.house,
        before=made.before,
        after=made.after,
        lines=[
            Line(
                path=str(one.path),
                verdict=str(one.verdict),
                reason=one.reason,
                how=one.how,
                before=str(one.before or ""),
            )
            for one in made.told
        ],
        answers=made.answers,
        conflict=str(Verdict.CONFLICT),
    )


def _diff(root: Path, made: UpdatePlan) -> str:
    from scaffold.house.base import BASE  # noqa: PLC0415 - starting stays cheap
    from scaffold.report.patch import patch  # noqa: PLC0415 - likewise
    from scaffold.update.carry import changes_of  # noqa: PLC0415 - likewise

    return patch(
        (
            path,
            (root / path).read_bytes() if (root / path).is_file() else None,
            None if file is None else file.content,
        )
        for path, file in changes_of(root, made).items()
        if BASE not in path.parents
    )
