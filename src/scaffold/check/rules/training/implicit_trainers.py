"""Say what a trainer does, and leave none of it to a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.check.facts.yamls import insert_line, line_of
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from scaffold.check.repository import Repository

_TRAINERS = frozenset(
    {"lightning.Trainer", "lightning.pytorch.Trainer", "pytorch_lightning.Trainer"}
)
_WANTED = {"precision": "32-true", "accumulate_grad_batches": "1"}


def trainers(repository: Repository) -> Iterator[tuple[PurePosixPath, dict[str, Any]]]:
    """Give the configurations that build a trainer themselves."""
    for path in repository.under("configs/trainer", ".yaml", ".yml"):
        content = repository.yaml(path)
        if isinstance(content, dict) and str(content.get("_target_")) in _TRAINERS:
            yield path, content


@rule("TRN002", "trainer-leaves-arithmetic-open", "P13", "P50", "P51", fixable=Fixable.SAFE)
def trainer_leaves_arithmetic_open(repository: Repository) -> Iterator[Found]:
    """A trainer's configuration does not say its precision, or over how many batches it adds up.

    Why: the effective batch is batch times devices times accumulation; without one of the three
    a learning rate says nothing.

    Do: write `precision` and `accumulate_grad_batches` out.
    """
    for path, content in trainers(repository):
        for key, value in _WANTED.items():
            if key not in content:
                at = line_of(repository, path, "_target_") or 0
                fix = insert_line(repository, path, at, f"{key}: {value}", f"write {key}")
                yield Found(where=path, line=at, because=f"does not say {key}", fix=fix)
