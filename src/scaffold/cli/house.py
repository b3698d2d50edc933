"""`scaffold house`: work on houses rather than on repositories."""

from __future__ import annotations

import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scaffold.cli.speak import Format, say, say_json
from scaffold.core.errors import ExitCode
from scaffold.house.shipped import DEFAULT

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Export a house to the plain template engines, and describe its files.",
)


class Target(StrEnum):
    """The engines that a house can be exported to."""

    COOKIECUTTER = "cookiecutter"
    COPIER = "copier"


@app.callback()
def house() -> None:
    """Work on houses rather than on repositories."""


class Described(StrEnum):
    """The files that have a JSON schema."""

    MANIFEST = "manifest"
    HOUSE = "house"


@app.command("schema")
def schema(
    what: Annotated[Described, typer.Argument(help="reengineering.toml, or house.toml.")],
) -> int:
    """Print the JSON schema of a file, so that an editor completes it and complains."""
    from scaffold.check.schema import house_schema, manifest_schema  # noqa: PLC0415 - stays cheap

    say_json(manifest_schema() if what is Described.MANIFEST else house_schema())
    return ExitCode.OK


@app.command("export")
def export(
    out: Annotated[Path, typer.Argument(help="Folder to make; absent or empty.")],
    *,
    to: Annotated[Target, typer.Option(help="The engine to export to.")],
    source: Annotated[
        str, typer.Option("--house", metavar="SRC", help="A house that ships, a folder, or git.")
    ] = DEFAULT,
    form: Annotated[Format, typer.Option("--format", help="Report as text or JSON.")] = Format.TEXT,
) -> int:
    """Derive a plain template that renders, without scaffold, as the house does.

    The validators of the questions stay behind in a Cookiecutter template: it has no word for
    them, and needs no hooks.
    """
    from scaffold.generate.export import export as to_cookiecutter  # noqa: PLC0415 - stays cheap
    from scaffold.generate.new import settled  # noqa: PLC0415 - likewise
    from scaffold.generate.render import collect  # noqa: PLC0415 - likewise
    from scaffold.generate.sources import open_house  # noqa: PLC0415 - likewise
    from scaffold.house.apply import apply  # noqa: PLC0415 - likewise
    from scaffold.house.plan import plan_new  # noqa: PLC0415 - likewise
    from scaffold.house.workshop import workshop  # noqa: PLC0415 - likewise

    with workshop(Path(tempfile.gettempdir())) as room:
        found = open_house(source, room)
        files = to_cookiecutter(found) if to is Target.COOKIECUTTER else collect(found.root)
    plan = plan_new(settled(out), files, force=None)
    apply(plan)
    if form is Format.JSON:
        paths = [str(step.path) for step in plan.writes]
        say_json({"schema": 1, "destination": str(plan.destination), "files": paths})
    else:
        say(f"made {plan.destination}: {len(files)} files, a {to} template of the house {found.id}")
        say(f"\nnext:\n  {to} {'copy ' if to is Target.COPIER else ''}{out}")
    return ExitCode.OK
