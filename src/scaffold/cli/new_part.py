"""`scaffold new-part`: take a class of the reference, and put ours in when it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaffold.cli.speak import say
from scaffold.core.errors import ExitCode, ScaffoldError


def new_part(
    part: Annotated[
        str,
        typer.Argument(metavar="PART", help="A class by our name or theirs, or one of its places."),
    ],
    repository: Annotated[Path, typer.Argument(metavar="REPO", help="The repository.")] = Path(),
    *,
    written: Annotated[
        bool, typer.Option("--written", help="Ours is written: put it in at every place.")
    ] = False,
    delegated: Annotated[
        bool, typer.Option("--delegated", help="Give it back: the reference's class is used.")
    ] = False,
) -> int:
    """Take a delegated class to write it; with --written, ours takes its place everywhere.

    The skeleton lies in src/*/models: what its constructor is given, what goes in, what comes out.
    """
    from scaffold.house.evidence import module_file  # noqa: PLC0415 - starting stays cheap
    from scaffold.house.parts import PARTS, Status, is_skeleton, read_parts, set_status  # noqa: PLC0415

    if written and delegated:
        raise ScaffoldError(
            "a class is written or given back, not both",
            where="--written --delegated",
            remedy="leave one of them out",
        )
    table = read_parts(repository / PARTS)
    row = table.find(part)
    file = module_file(table, row)
    shown = file.relative_to(table.path.parent)
    if written and is_skeleton(file, row.name):
        raise ScaffoldError(
            f"{row.name} is still the skeleton that raises",
            where=str(file),
            remedy=f"write its constructor and forward, then: scaffold new-part {row.module} "
            "--written",
        )
    wanted = Status.WRITTEN if written else Status.DELEGATED if delegated else Status.TAKEN
    changed = set_status(table, row, wanted)
    say(f"{row.ours}: {row.status} -> {wanted}" if changed else f"{row.ours}: {wanted} already")
    match wanted:
        case Status.TAKEN:
            say(f"next: write {row.name} in {shown}, then scaffold new-part {row.module} --written")
        case Status.WRITTEN:
            say(f"next: scaffold compare . {row.module}")
        case Status.DELEGATED:
            say(f"the reference's own {row.theirs} is used; {shown} stays as it is")
    return ExitCode.OK
