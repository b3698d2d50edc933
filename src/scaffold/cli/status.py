"""`scaffold status`: which gates are passed, and how much of the reference is rewritten."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli.speak import as_json, say
from scaffold.cli.write import write
from scaffold.core.errors import ExitCode, ScaffoldError
from scaffold.house.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scaffold.check.gates.verdict import Gates
    from scaffold.house.evidence import Stand, Standing

PAGE = Path("build", "status.html")
BAR = 40
SHOWN = 8
"""Reasons that are listed of the next gate."""


class Form(StrEnum):
    """How the status is shown."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


def status(
    repository: Annotated[Path, typer.Argument(metavar="REPO", help="The repository.")] = Path(),
    *,
    form: Annotated[
        Form, typer.Option("--format", help="Report as text, JSON or an HTML page.")
    ] = Form.TEXT,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write to a file instead; a page goes to build/status.html of the repository.",
        ),
    ] = None,
) -> int:
    """Show which gates are passed, and which classes of the reference are rewritten and proved.

    Everything is computed: from the files, the ledger, git, and the evidence of the last
    `scaffold compare`. Evidence that is older than what it speaks of does not count. Exits with 1
    when a written class diverges. A change that was interrupted is finished first, and said.
    """
    from scaffold.house.evidence import Standing, stands  # noqa: PLC0415 - starting stays cheap
    from scaffold.house.parts import PARTS, read_parts  # noqa: PLC0415 - likewise
    from scaffold.house.rewrite import recover  # noqa: PLC0415 - likewise

    if not (repository / MANIFEST).is_file() and not (repository / PARTS).is_file():
        raise ScaffoldError(
            f"holds neither {MANIFEST} nor {PARTS}",
            where=str(repository),
            remedy="stand in a generated repository, or name one",
        )
    recovered = recover(repository)
    known = (repository / PARTS).is_file()
    found = stands(read_parts(repository / PARTS)) if known else ()
    judged = _gates(repository) if (repository / MANIFEST).is_file() else None
    counts = {kind: sum(one.standing is kind for one in found) for kind in Standing}
    document = _document(found, counts, judged, recovered)
    match form:
        case Form.JSON:
            text = as_json(document) + "\n"
        case Form.HTML:
            text = _page(repository, document)
        case Form.TEXT:
            text = _plain(found, counts[Standing.PROVED], judged, recovered)
    if form is Form.HTML or out is not None:
        lies = write(out or repository / PAGE, text, folder=out is None)
        say(f"the {'page' if form is Form.HTML else 'report'} lies at {lies}")
    else:
        typer.echo(text, nl=False)
    return ExitCode.FINDINGS if counts[Standing.DIVERGES] else ExitCode.OK


def _plain(found: Sequence[Stand], proved: int, judged: Gates | None, recovered: str) -> str:
    lines = [f"{recovered}\n"] if recovered else []
    lines += gate_lines(judged) if judged is not None else []
    lines += ["", *_lines(found, proved)] if found else []
    return "\n".join(lines).strip("\n") + "\n"


def _page(root: Path, document: dict[str, Any]) -> str:
    from scaffold.house.burndown import burndown  # noqa: PLC0415 - starting stays cheap
    from scaffold.report.status import dumps  # noqa: PLC0415 - likewise

    marks = [(one.when, one.left) for one in burndown(root)]
    return dumps(document, marks, title=root.resolve().name)


def _gates(root: Path) -> Gates:
    from scaffold.check.asking import every_rule  # noqa: PLC0415 - starting stays cheap
    from scaffold.check.gates.verdict import gates  # noqa: PLC0415 - likewise
    from scaffold.check.listing import listing  # noqa: PLC0415 - likewise
    from scaffold.check.repository import Repository  # noqa: PLC0415 - likewise
    from scaffold.check.run import look  # noqa: PLC0415 - likewise
    from scaffold.house.proof import proofs  # noqa: PLC0415 - likewise

    asked = every_rule(root)
    repository = Repository(listing(root), policy=asked.policy, today=asked.today)
    report = look(repository, asked).report
    return gates(repository, report.findings, proofs(root))


def _document(
    found: Sequence[Stand], counts: Mapping[Standing, int], judged: Gates | None, recovered: str
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "kind": "status",
        "schema": 1,
        "recovered": recovered,
        "counts": {str(kind): count for kind, count in counts.items()},
        "classes": [
            {
                "ours": one.row.ours,
                "theirs": one.row.theirs,
                "places": list(one.row.places),
                "standing": str(one.standing),
                "why": one.why,
            }
            for one in found
        ],
    }
    if judged is not None:
        document |= {
            "reached": judged.reached,
            "score": {"total": judged.total, "sections": judged.score},
            "gates": [
                {
                    "id": one.gate.id,
                    "name": one.gate.name,
                    "state": str(one.state),
                    "reasons": list(one.reasons),
                    "back": one.gate.back,
                }
                for one in judged.stands
            ],
        }
    return document


def gate_lines(judged: Gates) -> list[str]:
    """Write the gates, one line each, and what keeps the first of them shut."""
    from scaffold.check.gates.verdict import State  # noqa: PLC0415 - starting stays cheap

    asked = [one for one in judged.stands if one.state is not State.NOT_ASKED]
    passed = sum(one.state in (State.PASSED, State.WAIVED) for one in asked)
    done = round(BAR * passed / len(asked)) if asked else 0
    lines = [f"{'#' * done}{'.' * (BAR - done)} {passed} of {len(asked)} gates passed", ""]
    for one in asked:
        many = f"{len(one.reasons)} open" if one.state is State.OPEN else ""
        lines.append(f"{one.state:<8} {one.gate.id:<4} {one.gate.name:<44} {many}".rstrip())
    sections = ", ".join(f"{name} {points:g}" for name, points in sorted(judged.score.items()))
    lines += ["", f"score {judged.total:g}, that of the weakest section ({sections})"]
    if judged.next is not None:
        lines.append(f"next: {judged.next.gate.id}, {judged.next.gate.name}")
        lines += [f"  {reason}" for reason in judged.next.reasons[:SHOWN]]
        more = len(judged.next.reasons) - SHOWN
        lines += (
            [f"  and {more} more: scaffold check --gate {judged.next.gate.id}"] if more > 0 else []
        )
        if judged.next.gate.back and more + SHOWN > 0:
            lines.append(
                f"  when it cannot be opened from here, go back to {judged.next.gate.back}"
            )
    return lines


def _lines(found: Sequence[Stand], proved: int) -> list[str]:
    width = max(len(one.row.ours) for one in found)
    done = round(BAR * proved / len(found))
    lines = [f"{'#' * done}{'.' * (BAR - done)} {proved} of {len(found)} classes proved", ""]
    for one in found:
        places = f"{len(one.row.places)} place{'' if len(one.row.places) == 1 else 's'}"
        why = f"  {one.why}" if one.why else ""
        lines.append(f"{one.standing:<10} {one.row.ours:<{width}}  {places}{why}")
    return [*lines, "", *_next(found)]


def _next(found: Sequence[Stand]) -> list[str]:
    """Say what to do: mend what diverges, compare what is not, then take the next class."""
    for wanted, words in (
        ("diverges", "next: mend {name}, then scaffold compare"),
        ("written", "next: scaffold compare, which proves {name} or says where it diverges"),
        ("taken", "next: write {name}, then scaffold new-part {name} --written"),
        ("delegated", "next: scaffold new-part {name}"),
    ):
        first = next((one for one in found if one.standing == wanted), None)
        if first is not None:
            return [words.format(name=first.row.module)]
    return ["every class is written and proved: nothing but the adapter imports the reference"]
