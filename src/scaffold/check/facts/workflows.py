"""Read the workflows of GitHub Actions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from scaffold.check.repository import Repository

_USES = re.compile(r"^\s*(?:-\s*)?uses:\s*([\"']?)([^\s\"'#]+)\1")


@dataclass(frozen=True, kw_only=True, slots=True)
class Workflow:
    """One workflow, as text and as a document."""

    path: PurePosixPath
    document: dict[Any, Any]
    lines: tuple[str, ...]

    @property
    def triggers(self) -> frozenset[str]:
        """What starts it. YAML reads the key `on` as a truth."""
        on = self.document.get("on", self.document.get(True))
        if isinstance(on, str):
            return frozenset({on})
        return frozenset(map(str, on)) if isinstance(on, (dict, list)) else frozenset()

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        """Its jobs by name."""
        jobs = self.document.get("jobs")
        jobs = jobs if isinstance(jobs, dict) else {}
        return {str(name): job for name, job in jobs.items() if isinstance(job, dict)}

    def steps(self) -> Iterator[dict[str, Any]]:
        """Give every step of every job."""
        for job in self.jobs.values():
            steps = job.get("steps")
            yield from (step for step in steps or () if isinstance(step, dict))

    def uses(self) -> Iterator[tuple[int, str]]:
        """Give every action or workflow that is used, with its line."""
        for number, line in enumerate(self.lines, start=1):
            if found := _USES.match(line):
                yield number, found[2]

    def line_with(self, text: str) -> int:
        """Give the first line that holds a text; 1 where none does."""
        return next((n for n, line in enumerate(self.lines, start=1) if text in line), 1)


def workflows(repository: Repository) -> Iterator[Workflow]:
    """Give every workflow that parses."""
    for path in repository.under(".github/workflows", ".yml", ".yaml"):
        document = repository.yaml(path)
        if isinstance(document, dict):
            yield Workflow(path=path, document=document, lines=repository.lines(path))
