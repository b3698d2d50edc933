"""`scaffold record`: run the reference once, and keep what it gives as goldens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli.hush import quiet
from scaffold.cli.speak import Format, busy, say, say_json
from scaffold.cli.tier import Tier
from scaffold.core.comparison import Verdict
from scaffold.core.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.golden import Bundle
    from scaffold.house.manifest import ParityPaths
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
    tier: Annotated[
        Tier,
        typer.Option(
            help="What is kept of the full model: sketches (T0), or its tensors too, in the cache."
        ),
    ] = Tier.T0,
    full: Annotated[
        bool, typer.Option("--full/--no-full", help="Whether the full model is recorded too.")
    ] = True,
    operations: Annotated[
        str | None,
        typer.Option(
            metavar="PART",
            help="Keep every operation within this part of theirs, in the cache; nothing else.",
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="Report as text or JSON.")] = Format.TEXT,
) -> int:
    """Record the goldens of the reference: of its twin whole, of the full model by sketches.

    Goldens that are there are compared with the new ones and stay, unless --update is given.
    Exits with 1 when the reference gives something else than they say.
    """
    from scaffold.house.manifest import read_parity  # noqa: PLC0415 - starting stays cheap

    paths = read_parity(repository)
    if operations is not None:
        return _operations(paths, operations)
    with quiet(), busy("running the reference"):
        # All of it needs torch, so loading it is part of the wait.
        from scaffold.cli.goldens import Wish, recorded  # noqa: PLC0415
        from scaffold.golden.budget import committed  # noqa: PLC0415

        wish = Wish(seed=seed, update=update, reason=reason, tier=tier, full=full, out=out)
        renewals = recorded(paths, wish)
        weighed = committed(one.bundle for one in renewals)
    if form is Format.JSON:
        say_json(_as_json(renewals, weighed.size, paths.budget))
    else:
        say("\n".join(_as_text(one) for one in renewals))
        _warn(weighed.over(paths.budget))
    return ExitCode.OK if all(one.settled for one in renewals) else ExitCode.FINDINGS


def _operations(paths: ParityPaths, part: str) -> ExitCode:
    with quiet(), busy("running the part"):
        from scaffold.golden import Bundle  # noqa: PLC0415 - starting stays cheap
        from scaffold.reference.operations import record_operations  # noqa: PLC0415 - likewise
        from scaffold.trace.subject import load  # noqa: PLC0415 - likewise

        twin = Bundle.read(paths.bundle)
        kept = record_operations(twin, load(paths.reference), part, paths.operations(part))
    say(f"wrote {kept.folder}: {len(kept.table('operations')['names'])} operations")
    return ExitCode.OK


def _warn(text: str) -> None:
    if text:
        typer.echo(
            f"warning: {text}\n  try: a smaller twin, or budget = BYTES in the [parity] table",
            err=True,
        )


def _as_text(renewal: Renewal) -> str:
    lines = [*_compared(renewal)]
    if renewal.written:
        size = sum(shard["bytes"] for shard in renewal.bundle.manifest["shards"]) / 1000
        counted = _counted(renewal.bundle)
        lines += [f"wrote {renewal.folder}: {counted}, {size:.0f} kB of tensors"]
    return "\n".join(lines)


def _counted(bundle: Bundle) -> str:
    sketches = bundle.tables.get("sketches")
    return f"{len(sketches['of'])} sketches" if sketches else f"{len(bundle.entries)} goldens"


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


def _as_json(renewals: Sequence[Renewal], size: int, budget: int) -> dict[str, Any]:
    twin, *more = [_one_as_json(renewal) for renewal in renewals]
    return {
        "kind": "recording",
        "schema": 1,
        **twin,
        "full": more[0] if more else None,
        "bytes": size,
        "budget": budget,
    }


def _one_as_json(renewal: Renewal) -> dict[str, Any]:
    drift = renewal.drift
    return {
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
