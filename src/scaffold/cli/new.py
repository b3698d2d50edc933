"""`scaffold new`: make a repository from a house."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli.speak import Format, complain, say, say_json
from scaffold.core.errors import ExitCode
from scaffold.house.shipped import DEFAULT

if TYPE_CHECKING:
    from scaffold.generate.new import Made, Proposal


def new(
    destination: Annotated[Path, typer.Argument(help="Folder to make; absent or empty.")],
    *,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Take the default for whatever is not answered.")
    ] = False,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Give one answer; may be repeated."),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Give answers from a .toml, .yaml or .json file."),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="SPEC",
            help="Make it around this model: timm:NAME, torchvision:NAME, transformers:CLASS, "
            "python:MODULE:FACTORY or file:PATH.py:FACTORY.",
        ),
    ] = None,
    arguments: Annotated[
        list[str] | None,
        typer.Option(
            "--argument", metavar="KEY=VALUE", help="What the reference is built with; repeat."
        ),
    ] = None,
    twin: Annotated[
        list[str] | None,
        typer.Option(
            "--twin",
            metavar="KEY=VALUE",
            help="What its twin is built with beside that: every class, at a small size; repeat.",
        ),
    ] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            metavar="NAME=SHAPE:DTYPE",
            help="A tensor that the reference takes, where none can be guessed; repeat.",
        ),
    ] = None,
    python: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="Build and record the reference with this interpreter, not ours."
        ),
    ] = None,
    goldens: Annotated[
        bool,
        typer.Option("--goldens/--no-goldens", help="Whether the reference is recorded at once."),
    ] = True,
    house: Annotated[
        str,
        typer.Option(
            metavar="SRC", help="A house that ships, a folder, or a git address (URL@branch)."
        ),
    ] = DEFAULT,
    trust: Annotated[
        bool, typer.Option("--trust", help="Let the house run its own code (tasks, hooks).")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")
    ] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Go into a folder that is not empty; keeps what it replaces."),
    ] = False,
    no_git: Annotated[
        bool, typer.Option("--no-git", help="Make no repository and no first commit.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="Report as text or JSON.")] = Format.TEXT,
) -> int:
    """Make a repository that trains on the first minute.

    On a terminal, asks for what is not answered. Elsewhere it asks nobody: give --defaults,
    or an answer for every question. With --reference it is made around a model: every class of it
    is delegated until you write it, goldens are recorded, and all parts agree from the start.
    """
    from scaffold.cli.around import Around, wanted  # noqa: PLC0415 - starting stays cheap
    from scaffold.generate.answers import collect  # noqa: PLC0415 - starting stays cheap
    from scaffold.generate.engines.asking import Asking  # noqa: PLC0415 - likewise
    from scaffold.generate.new import (  # noqa: PLC0415 - likewise
        Order,
        make,
        propose,
        suggested_name,
    )

    around: Around | None = wanted(
        reference,
        arguments or [],
        twin or [],
        inputs or [],
        house=house,
        goldens=goldens,
        python=python,
    )
    given, name = collect(settings or (), answers), suggested_name(destination)
    order = Order(
        destination=destination,
        house=house,
        asking=Asking(
            given=given if around is None else around.described(given, name),
            prompt=not defaults and sys.stdin.isatty() and sys.stdout.isatty(),
            defaults=defaults,
            suggested={"name": name} if name else {},
            trust=trust,
        ),
        force=force,
        git=not no_git,
    )
    proposal = propose(order, complain=complain, change=around.change if around else None)
    made = None if dry_run else make(proposal, finish=around.finish if around else None)
    shown = str(proposal.plan.destination if destination.name == "" else destination)
    for text in filter(None, around.warnings if around else ()):
        typer.echo(f"warning: {text}\n  try: a smaller twin, with --twin KEY=VALUE", err=True)
    if form is Format.JSON:
        say_json(_as_json(proposal, made, shown))
    else:
        say(_as_text(proposal, made, shown, about=around.told if around else ""))
    return ExitCode.OK


def _as_text(proposal: Proposal, made: Made | None, shown: str, *, about: str = "") -> str:
    from scaffold.generate.new import next_commands  # noqa: PLC0415 - loaded by now

    house, plan = proposal.rendered.house, proposal.plan
    if made is None:
        return "\n".join(_preview(proposal))
    lines = [f"made {plan.destination}"]
    lines += [f"  {len(proposal.rendered.files)} files from the house {house.id} {house.version}"]
    if about:
        lines += [f"  {about}"]
    if made.commit:
        lines += [f"  first commit {made.commit[:10]}"]
    if made.backup:
        lines += [f"  {len(plan.replaced)} files that were there are kept in {made.backup}"]
    lines += ["", "next:", *(f"  {command}" for command in next_commands(proposal, shown))]
    return "\n".join(lines)


def _preview(proposal: Proposal) -> list[str]:
    """Show the tree with the purpose of each path, and what would happen."""
    from scaffold.generate.listing import tree_lines  # noqa: PLC0415 - starting stays cheap
    from scaffold.house.lock import LOCK  # noqa: PLC0415 - likewise

    plan, rendered = proposal.plan, proposal.rendered
    rows = rendered.house.placed(rendered.answers)
    purposes = {path: row.purpose for path, row in rows.items()}
    purposes[LOCK.parent] = "What was generated, from what, and what later updates merge from"
    shown = [step.path for step in plan.writes if step.path in rendered.files]
    commits = "one commit" if proposal.commits else "no commit"
    return [
        str(plan.destination),
        *tree_lines([*shown, LOCK], purposes),
        "",
        f"would write {len(plan.writes)} files, {len(plan.replaced)} in the place of others,",
        f"and make {commits}; nothing was written",
    ]


def _as_json(proposal: Proposal, made: Made | None, shown: str) -> dict[str, Any]:
    from scaffold.generate.new import next_commands  # noqa: PLC0415 - loaded by now

    rendered, plan = proposal.rendered, proposal.plan
    rows = rendered.house.placed(rendered.answers)
    return {
        "schema": 1,
        "destination": str(plan.destination),
        "house": {
            "id": rendered.house.id,
            "version": rendered.house.version,
            "tree": rendered.tree_hash,
        },
        "answers": dict(rendered.answers),
        "files": [
            {
                "path": str(step.path),
                "action": type(step).__name__.lower(),
                "purpose": rows[step.path].purpose if step.path in rows else "",
            }
            for step in plan.steps
        ],
        "written": made is not None,
        "commit": made.commit if made else None,
        "backup": str(made.backup) if made and made.backup else None,
        "next": list(next_commands(proposal, shown)),
    }
