"""`scaffold map`: find which weights of the reference become which of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaffold.cli.hush import quiet
from scaffold.cli.speak import Format, busy, say, say_json
from scaffold.core.errors import ExitCode


def map(  # noqa: A001 - the verb's own name
    repository: Annotated[Path, typer.Argument(metavar="REPO", help="The repository.")] = Path(),
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write there, not where the manifest says."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--diff", help="Show what would change; write nothing.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a map that says something else.")
    ] = False,
    partial: Annotated[
        bool,
        typer.Option("--partial", help="Write what was found of a map that is not proved."),
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="Report as text or JSON.")] = Format.TEXT,
) -> int:
    """Find the weight map by replay, prove it, and write it.

    No name decides: a part of ours has the weights of that part of theirs whose recorded input it
    receives and whose output it then gives. Exits with 1 when the map is ambiguous or refused.
    """
    from scaffold.house.manifest import read_parity  # noqa: PLC0415 - starting stays cheap

    paths = read_parity(repository)
    target = out or paths.map
    with quiet(), busy("looking for the map"):
        # All of it needs torch, so loading them is part of the wait.
        from scaffold.golden import Bundle  # noqa: PLC0415
        from scaffold.parity.mapping import find, words  # noqa: PLC0415
        from scaffold.parity.mapping.place import placed  # noqa: PLC0415
        from scaffold.trace.subject import load  # noqa: PLC0415

        bundle = Bundle.read(paths.bundle)
        mapping = find(bundle, load(paths.candidate, sources=(paths.root / "src",)))
        outcome = placed(mapping, target, bundle, force=force, dry=dry_run, partial=partial)
    if form is Format.JSON:
        file = {"path": str(target), "outcome": outcome.word, "diff": outcome.diff}
        say_json({**words.as_json(mapping), "file": file})
    else:
        say(words.as_text(mapping))
        say(f"{outcome.word}: {target}")
        if dry_run and outcome.diff:
            say(outcome.diff.rstrip("\n"))
    return ExitCode.OK if mapping.proved else ExitCode.FINDINGS
