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
    help="Begin, look at, release, describe and export houses.",
)


class Target(StrEnum):
    """The engines that a house can be exported to."""

    COOKIECUTTER = "cookiecutter"
    COPIER = "copier"


@app.callback()
def house() -> None:
    """Work on houses rather than on repositories."""


NEW = """# A house that extends the one that ships: its template, our rules.
schema = 1
id = "{id}"
version = "0.1.0"
extends = "{extends}"

[check]
# A level (error, warning, note) or "off" for each rule that is to be otherwise.
rules = {{}}
# Paths that every repository has to have beside those of the house.
required = []
# Modules that nothing in src/ may import, each with the reason.
banned_imports = {{}}
"""


@app.command("new")
def new(
    destination: Annotated[Path, typer.Argument(help="Folder to make; absent or empty.")],
) -> int:
    """Begin a house that extends the one that ships."""
    from pathlib import PurePosixPath  # noqa: PLC0415 - only here

    from scaffold.generate.new import settled, suggested_name  # noqa: PLC0415 - stays cheap
    from scaffold.house.apply import apply  # noqa: PLC0415 - likewise
    from scaffold.house.plan import File, plan_new  # noqa: PLC0415 - likewise

    name = suggested_name(destination) or "own-house"
    text = NEW.format(id=name, extends=DEFAULT)
    files = {PurePosixPath("house.toml"): File(content=text.encode())}
    apply(plan_new(settled(destination), files, force=None))
    say(f"made {destination}: the house {name}, which extends {DEFAULT}")
    say(f"\nnext:\n  scaffold house lint {destination}")
    say(f"  scaffold new my-model --house {destination}")
    return ExitCode.OK


@app.command("lint")
def lint(
    source: Annotated[str, typer.Argument(metavar="SRC", help="A house: its id, folder, or git.")],
    *,
    form: Annotated[Format, typer.Option("--format", help="Report as text or JSON.")] = Format.TEXT,
) -> int:
    """Look at a house before anybody uses it: defaults, rows, expressions, rules, code."""
    from scaffold.check.extra import every_rule_of  # noqa: PLC0415 - stays cheap
    from scaffold.check.policy import policy_of  # noqa: PLC0415 - likewise
    from scaffold.generate.linting import lint as look  # noqa: PLC0415 - likewise
    from scaffold.generate.sources import open_house  # noqa: PLC0415 - likewise
    from scaffold.house.workshop import workshop  # noqa: PLC0415 - likewise
    from scaffold.report.checking import jsonform, text  # noqa: PLC0415 - likewise

    with workshop(Path(tempfile.gettempdir())) as room:
        found = open_house(source, room)
        known = frozenset(rule.id for rule in every_rule_of())
        policy_of(dict(found.check), where=found.place("house.toml"), known=known)
        out = room / "rendered"
        out.mkdir()
        report = look(found, out)
    typer.echo(jsonform.dumps(report) if form is Format.JSON else text.plain(report), nl=False)
    return ExitCode.OK if report.clean else ExitCode.FINDINGS


@app.command("release")
def release(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The house as it was released last.")],
    now: Annotated[str, typer.Argument(metavar="NEW", help="The house as it will be.")],
    *,
    form: Annotated[Format, typer.Option("--format", help="Report as text or JSON.")] = Format.TEXT,
) -> int:
    """Show what every repository will see of a new version, with the default answers."""
    from scaffold.cli.plan import show  # noqa: PLC0415 - stays cheap
    from scaffold.fleet.planning import planned  # noqa: PLC0415 - likewise
    from scaffold.generate.engines.asking import Asking  # noqa: PLC0415 - likewise
    from scaffold.generate.new import Order, make, propose  # noqa: PLC0415 - likewise
    from scaffold.house.workshop import workshop  # noqa: PLC0415 - likewise

    with workshop(Path(tempfile.gettempdir())) as room:
        made = room / "repository"
        make(propose(Order(destination=made, house=old, asking=Asking(defaults=True), git=False)))
        show(planned(made, now, ()), form)
    return ExitCode.OK


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
