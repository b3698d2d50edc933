"""`scaffold record`: run the reference once, and keep what it gives as goldens."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli.hush import quiet
from scaffold.cli.speak import Format, say, say_json
from scaffold.core.comparison import Verdict
from scaffold.core.errors import ExitCode

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from scaffold.reference.renewal import Renewal

SHOWN = 10
"""How many changed goldens a person is shown; JSON has them all."""


def record(
    repository: Annotated[Path, typer.Argument(metavar="REPO", help="The repository.")] = Path(),
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Write the bundle there, not where the manifest says."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Where every random choice starts.")] = 0,
    update: Annotated[
        bool, typer.Option("--update", help="Replace goldens that are there; needs --reason.")
    ] = False,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why they change; kept in the manifest.")
    ] = "",
    form: Annotated[Format, typer.Option("--format", help="Report as text or JSON.")] = Format.TEXT,
) -> int:
    """Record the goldens of the reference.

    Goldens that are there are compared with the new ones and stay, unless --update is given.
    Exits with 1 when the reference gives something else than they say.
    """
    from scaffold.house.manifest import read_parity  # noqa: PLC0415 - starting stays cheap

    paths = read_parity(repository)
    with quiet(), _busy("running the reference"):
        # All of it needs torch, so loading them is part of the wait.
        from scaffold.parity.vacuity import examined  # noqa: PLC0415
        from scaffold.reference import record as run  # noqa: PLC0415
        from scaffold.reference.renewal import renewed  # noqa: PLC0415
        from scaffold.reference.unrest import unrest  # noqa: PLC0415
        from scaffold.trace.subject import load  # noqa: PLC0415

        def recorder(folder: Path) -> None:
            bundle = run(paths.reference, folder, seed=seed)
            examined(bundle, load(paths.reference))

        renewal = renewed(
            out or paths.bundle,
            recorder,
            update=update,
            reason=reason,
            unrest=lambda bundle: unrest(load(paths.reference), bundle),
        )
    if form is Format.JSON:
        say_json(_as_json(renewal))
    else:
        say(_as_text(renewal))
    return ExitCode.OK if renewal.settled else ExitCode.FINDINGS


def _busy(doing: str) -> AbstractContextManager[object]:
    """Show that work goes on where a person looks on."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console  # noqa: PLC0415 - starting stays cheap

    return Console(stderr=True).status(doing)


def _as_text(renewal: Renewal) -> str:
    lines = [*_compared(renewal)]
    if renewal.written:
        size = sum(shard["bytes"] for shard in renewal.bundle.manifest["shards"]) / 1000
        count = len(renewal.bundle.entries)
        lines += [f"wrote {renewal.folder}: {count} goldens, {size:.0f} kB of tensors"]
    return "\n".join(lines)


def _compared(renewal: Renewal) -> list[str]:
    """Say how the reference stands to the goldens that were there."""
    drift = renewal.drift
    if drift is None:
        return []
    share = f"{drift.largest:.0%} of what rounding explains"
    said = {
        Verdict.EQUAL: "bit-equal to the goldens that are there",
        Verdict.ROUNDING: f"within rounding of the goldens that are there (at most {share})",
    }
    count = f"different from the goldens that are there, in {len(drift.changed)} places:"
    lines = [said.get(drift.verdict, count)]
    lines += [f"  {text}" for text in drift.changed[:SHOWN]]
    if len(drift.changed) > SHOWN:
        lines += [f"  and {len(drift.changed) - SHOWN} more"]
    lines += [f"environment: {text}" for text in drift.environment[:SHOWN]]
    if not renewal.written:
        lines += [f"kept {renewal.folder} as it is"]
    if not renewal.settled:
        lines += ['  try: scaffold record --update --reason "why the reference changes"']
    return lines


def _as_json(renewal: Renewal) -> dict[str, Any]:
    drift = renewal.drift
    return {
        "kind": "recording",
        "schema": 1,
        "folder": str(renewal.folder),
        "goldens": len(renewal.bundle.entries),
        "written": renewal.written,
        "drift": None
        if drift is None
        else {
            "verdict": drift.verdict.value,
            "changed": list(drift.changed),
            "largest": drift.largest,
            "environment": list(drift.environment),
        },
    }
