"""`scaffold check`: hold a repository against its house, and mend what can be mended."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.speak import say
from scaffold.core.errors import ExitCode, ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.check.fixing import Mended
    from scaffold.check.listing import Listing
    from scaffold.check.repository import Repository
    from scaffold.check.run import Asked
    from scaffold.core.findings import Report


class Form(StrEnum):
    """The forms of a report."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    GITLAB = "gitlab"
    JUNIT = "junit"
    HTML = "html"


def check(
    root: Annotated[Path, typer.Argument(metavar="REPO", help="The repository.")] = Path(),
    *,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="ID", help="A rule, or the letters of a family; repeatable."
        ),
    ] = None,
    gate: Annotated[
        str, typer.Option(metavar="N", help="Hold it to every gate up to this one, e.g. 4a.")
    ] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Let notes count as findings.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended safely.")] = False,
    unsafe: Annotated[
        bool,
        typer.Option("--unsafe", help="With --fix or --diff: mend what may change results too."),
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change.")] = False,
    baseline: Annotated[
        bool,
        typer.Option("--baseline", help="Accept what is found now, and report what is new later."),
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Report what the baseline holds too.")
    ] = False,
    house: Annotated[
        Path | None,
        typer.Option("--house", metavar="FOLDER", help="Use the [check] table of this house."),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="The form of the report.")] = Form.TEXT,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the report to a file.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Name every rule, and stop.")] = False,
) -> int:
    """Hold a repository against its house. Nothing of the repository is run.

    Exits with 0 when nothing above a note was found, with 1 otherwise.
    """
    from scaffold.check.listing import listing  # noqa: PLC0415 - starting stays cheap
    from scaffold.check.repository import Repository  # noqa: PLC0415 - likewise

    asked = _asked(root, only or (), gate, house, everything=everything or baseline)
    if listed:
        say("\n".join(_catalogue(asked)))
        return ExitCode.OK
    found = listing(root)
    if fix or diff:
        return _mended(root, found, asked, unsafe=unsafe, write=fix, shown=diff)
    repository = Repository(found, policy=asked.policy, today=asked.today)
    report = _report(root, repository, asked, gate)
    if baseline:
        return _accepted(root, report)
    text = _rendered(report, form, asked, repository)
    if out is not None:
        out.write_text(text, encoding="utf-8")
    else:
        typer.echo(text, nl=False)
    return ExitCode.OK if report.clean and not (strict and report.findings) else ExitCode.FINDINGS


def _asked(
    root: Path, only: Sequence[str], gate: str, house: Path | None, *, everything: bool
) -> Asked:
    from scaffold.check.asking import every_rule  # noqa: PLC0415 - starting stays cheap
    from scaffold.check.claims import gate_named  # noqa: PLC0415 - likewise

    asked = every_rule(root, house=house)
    for one in only:
        if not any(rule.id.startswith(one) for rule in asked.rules):
            raise ScaffoldError(
                f"{one!r} is no rule and begins none",
                where="--only",
                remedy="scaffold check --list names every rule",
            )
    return replace(
        asked,
        only=frozenset(only),
        gate=gate_named(gate) if gate else "",
        baseline=not everything,
    )


def _report(root: Path, repository: Repository, asked: Asked, gate: str) -> Report:
    from scaffold.check.run import look  # noqa: PLC0415 - starting stays cheap

    report = look(repository, asked).report
    if not gate:
        return report
    from scaffold.check.gates.findings import with_gates  # noqa: PLC0415 - only where asked for
    from scaffold.house.proof import proofs  # noqa: PLC0415 - likewise

    return with_gates(repository, report, proofs(root), upto=asked.gate)


def _mended(
    root: Path, found: Listing, asked: Asked, *, unsafe: bool, write: bool, shown: bool
) -> int:
    from scaffold.check.fixing import mend  # noqa: PLC0415 - starting stays cheap
    from scaffold.house.plan import File  # noqa: PLC0415 - likewise
    from scaffold.house.rewrite import rewrite  # noqa: PLC0415 - likewise
    from scaffold.report.checking.text import plain  # noqa: PLC0415 - likewise

    mended = mend(found, asked, unsafe=unsafe)
    if shown:
        typer.echo(_diff(found, mended), nl=False)
    if write:
        runnable = {entry.path: entry.executable for entry in found.tree.entries}
        rewrite(
            root,
            {
                path: None
                if content is None
                else File(content=content, executable=runnable.get(path, False))
                for path, content in mended.files.items()
            },
        )
        for finding, mending in mended.done:
            say(f"mended {finding.where}: {finding.code} {finding.because}: {mending.says}")
        typer.echo(plain(mended.report), nl=False)
        return ExitCode.OK if mended.report.clean else ExitCode.FINDINGS
    return ExitCode.FINDINGS if mended.files else ExitCode.OK


def _diff(found: Listing, mended: Mended) -> str:
    from scaffold.report.patch import patch  # noqa: PLC0415 - starting stays cheap

    there = set(found.tree.files)
    return patch(
        (path, found.tree.read(path) if path in there else None, content)
        for path, content in mended.files.items()
    )


def _accepted(root: Path, report: Report) -> int:
    from scaffold.check.baseline import BASELINE, written  # noqa: PLC0415 - only where asked for
    from scaffold.core.findings import Level  # noqa: PLC0415 - likewise
    from scaffold.house.plan import File  # noqa: PLC0415 - likewise
    from scaffold.house.rewrite import rewrite  # noqa: PLC0415 - likewise

    counted = [one for one in report.findings if one.level is not Level.NOTE]
    rewrite(root, {BASELINE: File(content=written(counted))})
    say(f"{len(counted)} findings are known from now on: {BASELINE}")
    return ExitCode.OK


def _rendered(report: Report, form: Form, asked: Asked, repository: Repository) -> str:
    from scaffold import __version__  # noqa: PLC0415 - starting stays cheap
    from scaffold.report.checking import annotations, jsonform, junit, page, sarif, text  # noqa: PLC0415

    told = {rule.id: rule.told for rule in asked.chosen}
    match form:
        case Form.JSON:
            return jsonform.dumps(report)
        case Form.SARIF:
            return sarif.dumps(report, told=told, version=__version__)
        case Form.GITHUB:
            return annotations.github(report)
        case Form.GITLAB:
            return annotations.gitlab(report)
        case Form.JUNIT:
            return junit.dumps(report, told=told)
        case Form.HTML:
            title = repository.tree.root.resolve().name
            return page.dumps(report, told=told, title=title)
        case Form.TEXT:
            return text.plain(report, lines=repository.lines, told=told)


def _catalogue(asked: Asked) -> list[str]:
    width = max(len(rule.name) for rule in asked.chosen)
    return [
        f"{rule.id}  {rule.name:<{width}}  {rule.level:<8} {rule.fixable:<7} {rule.says}"
        for rule in asked.chosen
    ]
