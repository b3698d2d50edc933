"""Report more than one seed."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.edit import as_unsafe
from scaffold.check.facts.yamls import line_of, on_line
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

PATH = PurePosixPath("configs/experiment/reproduce.yaml")
ENOUGH = 3


@rule("TRN005", "too-few-seeds", "P49", level=Level.WARNING, fixable=Fixable.UNSAFE)
def too_few_seeds(repository: Repository) -> Iterator[Found]:
    """The experiment whose number is reported runs fewer than three seeds.

    Why: the spread between seeds is often larger than the gap to the reference.

    Do: run three, or write in the report which budget forbids it.
    """
    content = repository.yaml(PATH)
    at = content
    for key in ("hydra", "sweeper", "params"):
        at = at.get(key) if isinstance(at, dict) else None
    if content is None or not repository.manifest:
        return
    said = at.get("seed") if isinstance(at, dict) else None
    if said is not None and str(said).startswith("range("):
        return
    count = 0 if said is None else len(str(said).split(","))
    if count < ENOUGH:
        line = line_of(repository, PATH, "seed")
        fix = None
        if line is not None:
            old, new = f"seed: {said}", "seed: 0,1,2"
            fix = as_unsafe(on_line(repository, PATH, line, old, new, "run three"))
        said = f"runs {count or 1} seed(s), not {ENOUGH}"
        yield Found(where=PATH, line=line, because=said, fix=fix)
