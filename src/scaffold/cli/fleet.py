"""`scaffold fleet`: check, plan, update and report over many repositories."""

from __future__ import annotations

import os
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.speak import Format, say, say_json
from scaffold.core.errors import ExitCode, ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.fleet.members import Member
    from scaffold.fleet.results import Row
    from scaffold.fleet.run import Task
    from scaffold.report.fleets import Ship

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="The same over many repositories, in parallel, resumed where a run stopped.",
)
STATE = "scaffold-fleet.jsonl"

SOURCE = Annotated[
    Path, typer.Argument(metavar="FLEET", help="A file with one path a line, or a folder.")
]
ONLY = Annotated[
    list[str] | None, typer.Option("--only", metavar="PATTERN", help="These names alone; repeat.")
]
JOBS = Annotated[int, typer.Option("--jobs", min=1, help="Processes.")]
SHARD = Annotated[
    str, typer.Option("--shard", metavar="I/N", help="The Ith of N shares, for a matrix of jobs.")
]
KEPT = Annotated[
    Path | None,
    typer.Option("--state", metavar="FILE", help=f"Where results are kept; {STATE} beside FLEET."),
]
HOUSE = Annotated[
    str, typer.Option("--house", metavar="SRC", help="Where the house lies that is planned for.")
]
CORES = os.cpu_count() or 1


class Form(StrEnum):
    """The forms of a report on a fleet."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


@app.callback()
def fleet() -> None:
    """The same over many repositories, in parallel, resumed where a run stopped."""


@app.command("list")
def listed(
    source: SOURCE,
    *,
    only: ONLY = None,
    shard: SHARD = "",
    form: Annotated[Format, typer.Option("--format", help="Report as text or JSON.")] = Format.TEXT,
) -> int:
    """Name the repositories of a fleet."""
    found = _members(source, only, shard)
    if form is Format.JSON:
        say_json({"kind": "members", "schema": 1, "members": [one.name for one in found]})
    else:
        say("\n".join(one.name for one in found))
    return ExitCode.OK


@app.command("check")
def check(
    source: SOURCE,
    *,
    only: ONLY = None,
    jobs: JOBS = CORES,
    shard: SHARD = "",
    state: KEPT = None,
    form: Annotated[Form, typer.Option("--format", help="The form of the report.")] = Form.TEXT,
) -> int:
    """Hold every repository against its house."""
    from scaffold.fleet.run import Task  # noqa: PLC0415 - starting stays cheap

    task = Task(verb="check", today=date.today())  # noqa: DTZ011 - waivers end on a reader's day
    return _run(source, task, _members(source, only, shard), jobs, state, form)


@app.command("plan")
def plan(
    source: SOURCE,
    *,
    house: HOUSE = "",
    only: ONLY = None,
    jobs: JOBS = CORES,
    shard: SHARD = "",
    state: KEPT = None,
    form: Annotated[Form, typer.Option("--format", help="The form of the report.")] = Form.TEXT,
) -> int:
    """Forecast an update of every repository: which would be clean, which would conflict."""
    return _run(source, _task("plan", house), _members(source, only, shard), jobs, state, form)


@app.command("update")
def update(
    source: SOURCE,
    *,
    house: HOUSE = "",
    only: ONLY = None,
    jobs: JOBS = CORES,
    shard: SHARD = "",
    push: Annotated[bool, typer.Option("--push", help="Push each branch to its remote.")] = False,
    state: KEPT = None,
    form: Annotated[Form, typer.Option("--format", help="The form of the report.")] = Form.TEXT,
) -> int:
    """Update every repository on a branch of its own, in a worktree, as one commit.

    Where a person has to decide, there is no branch: the repository is listed with its conflicts.
    """
    from dataclasses import replace  # noqa: PLC0415 - only here

    task = replace(_task("update", house), pushes=push)
    return _run(source, task, _members(source, only, shard), jobs, state, form)


@app.command("report")
def report(
    source: SOURCE,
    *,
    state: KEPT = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="The form of the report.")] = Form.HTML,
) -> int:
    """Show what earlier runs found: versions, gates, findings, waivers, conflicts, trend."""
    from scaffold.fleet.results import Results  # noqa: PLC0415 - starting stays cheap

    names = [one.name for one in _members(source, None, "")]
    rows = list(Results(_kept(source, state)).history())
    text = _shown(_ships(names, rows), form, source)
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        say(f"the report lies at {out}")
    return ExitCode.OK


def _task(verb: str, house: str) -> Task:
    """Say what is done; a house in a folder is known by what lies in it."""
    from scaffold.fleet.run import Task  # noqa: PLC0415 - starting stays cheap
    from scaffold.house.shipped import DEFAULT, shelf  # noqa: PLC0415 - likewise
    from scaffold.house.tree import Tree  # noqa: PLC0415 - likewise

    folder = Path(house) if house else shelf() / DEFAULT
    stamp = Tree.of(folder).digest() if folder.is_dir() else ""
    named = str(folder.resolve()) if house and folder.is_dir() else house
    today = date.today()  # noqa: DTZ011 - shown to a reader
    return Task(verb=verb, today=today, house=named, stamp=stamp)


def _run(
    source: Path,
    task: Task,
    members: tuple[Member, ...],
    jobs: int,
    state: Path | None,
    form: Form,
) -> int:
    from scaffold.fleet.results import Results  # noqa: PLC0415 - starting stays cheap
    from scaffold.fleet.run import run  # noqa: PLC0415 - likewise

    results = Results(_kept(source, state))
    made: list[Row] = []
    with _progress(len(members)) as advance:
        for row in run(members, task, results, jobs=jobs):
            made.append(row)
            advance(row.name)
    names = [one.name for one in members]
    typer.echo(_shown(_ships(names, results.history(), task.verb), form, source), nl=False)
    bad = any(row.error or row.findings or row.conflicts for row in made)
    return ExitCode.FINDINGS if bad else ExitCode.OK


def _progress(total: int):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a context of rich, or none
    """Show progress where a person looks on."""
    import sys  # noqa: PLC0415 - only here
    from contextlib import contextmanager  # noqa: PLC0415 - likewise

    @contextmanager
    def bar():  # type: ignore[no-untyped-def]  # noqa: ANN202 - as above
        if not sys.stderr.isatty():
            yield lambda _: None
            return
        from rich.console import Console  # noqa: PLC0415 - only on a terminal
        from rich.progress import Progress  # noqa: PLC0415 - likewise

        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("repositories", total=total)
            yield lambda name: progress.update(task, advance=1, description=name)

    return bar()


def _members(source: Path, only: list[str] | None, shard: str) -> tuple[Member, ...]:
    from scaffold.fleet.members import members  # noqa: PLC0415 - starting stays cheap

    found = members(source)
    if only:
        found = tuple(one for one in found if any(fnmatchcase(one.name, p) for p in only))
        if not found:
            raise ScaffoldError(
                f"matches no repository: {', '.join(only)}",
                where="--only",
                remedy="scaffold fleet list names them",
            )
    if not shard:
        return found
    first, _, last = shard.partition("/")
    if not (first.isdigit() and last.isdigit() and 1 <= int(first) <= int(last)):
        raise ScaffoldError(
            f"{shard!r} is no share", where="--shard", remedy="write 1/4 for the first of four"
        )
    return found[int(first) - 1 :: int(last)]


def _kept(source: Path, state: Path | None) -> Path:
    return state or (source / STATE if source.is_dir() else source.with_name(STATE))


def _ships(names: list[str], rows: Iterable[Row], verb: str = "") -> list[Ship]:
    """Put the rows of every repository together; of one verb alone, where one is named."""
    from scaffold.report.fleets import Ship  # noqa: PLC0415 - starting stays cheap

    by_name: dict[str, dict[str, list[Row]]] = {name: {} for name in names}
    for row in rows:
        if row.name in by_name and verb in ("", row.verb):
            by_name[row.name].setdefault(row.verb, []).append(row)
    ships = []
    for name, verbs in by_name.items():
        checks = verbs.get("check", [])
        moves = verbs.get("update", []) or verbs.get("plan", [])
        last = checks[-1] if checks else None
        move = moves[-1] if moves else None
        known = move or last
        earlier = [row for row in checks[:-1] if not row.error]
        ships.append(
            Ship(
                name=name,
                house=known.house if known else "",
                version=known.version if known else "",
                gate=last.gate if last else "",
                findings=last.findings if last else {},
                before=sum(earlier[-1].findings.values()) if earlier else None,
                waived=tuple((a, b, c) for a, b, c in last.waived) if last else (),
                after=move.after if move else "",
                conflicts=tuple(move.conflicts) if move else (),
                verdicts=move.verdicts if move else {},
                branch=move.branch if move else "",
                error=next((row.error for row in (last, move) if row and row.error), ""),
            )
        )
    return ships


def _shown(ships: list[Ship], form: Form, source: Path) -> str:
    from scaffold.report import fleets  # noqa: PLC0415 - starting stays cheap

    match form:
        case Form.JSON:
            return fleets.dumps(ships)
        case Form.HTML:
            return fleets.page(ships, title=source.resolve().name)
        case Form.TEXT:
            return fleets.plain(ships)
