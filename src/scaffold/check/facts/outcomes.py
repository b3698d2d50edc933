"""Read what must be reached, what was reached, and every run."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

LEDGER = PurePosixPath("results/experiments.jsonl")
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"


def declared(repository: Repository) -> PurePosixPath:
    """Give the path of the targets."""
    return _named(repository, "declared", "results/targets.yaml")


def measured(repository: Repository) -> PurePosixPath:
    """Give the path of the measured values."""
    return _named(repository, "measured", "results/measured.yaml")


def rows(repository: Repository, path: PurePosixPath, key: str) -> list[dict[str, Any]]:
    """Give the rows of one of the two."""
    content = repository.yaml(path)
    found = content.get(key) if isinstance(content, dict) else None
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def name_of(row: dict[str, Any], key: str) -> str:
    """Give the name in a row; empty where it is no text."""
    value = row.get(key)
    return value if isinstance(value, str) else ""


def line_with(repository: Repository, path: PurePosixPath, text: object) -> int | None:
    """Give the first line that holds a text."""
    wanted = str(text)
    lines = repository.lines(path)
    return next((n for n, line in enumerate(lines, start=1) if wanted and wanted in line), None)


def runs(repository: Repository) -> Iterator[tuple[int, Any]]:
    """Give every line of the ledger with its number; None for what is no JSON."""
    from scaffold.check.reading import as_json  # noqa: PLC0415 - most repositories have no run yet

    for number, line in enumerate(repository.lines(LEDGER), start=1):
        if line.strip():
            yield number, as_json(line)


def results_table(targets: list[dict[str, Any]], found: list[dict[str, Any]]) -> str:
    """Write the table that the README shows, as `training/results.py` of a repository does."""
    by_target = {name_of(row, "target"): row for row in found}
    lines = [
        "| target | metric | wanted | measured | seeds | verdict |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for target in targets:
        row = by_target.get(str(target["id"]))
        wanted = f"{target['value']} - {target['tolerance']}"
        cells = [str(target["id"]), f"{target['metric']} ({target['split']})", wanted]
        if row is None:
            cells += ["not yet", "", "open"]
        else:
            reached = row["value"] >= target["value"] - target["tolerance"]
            seeds = ", ".join(map(str, row["seeds"]))
            verdict = "reached" if reached else "missed"
            cells += [f"{row['value']:.4f} ± {row['std']:.4f}", seeds, verdict]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _named(repository: Repository, key: str, otherwise: str) -> PurePosixPath:
    said = repository.section("targets").get(key)
    path = PurePosixPath(said if isinstance(said, str) else otherwise)
    return PurePosixPath(otherwise) if ".." in path.parts or path.is_absolute() else path
