"""Let one seed decide everything that is drawn."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository
    from scaffold.check.source import Source

_SEEDS = ("seed_everything", "manual_seed", "manual_seed_all", "set_seed", "fix_seed", "seed_all")


@rule("TRN001", "training-without-seed", "P12", level=Level.WARNING)
def training_without_seed(repository: Repository) -> Iterator[Found]:
    """An entry point trains and sets no seed.

    Why: a difference between two runs is then chance or change, and nobody can tell.

    Do: call `lightning.seed_everything(cfg.seed, workers=True)` before anything is built.
    """
    for source in repository.own:
        if _is_entry(source) and _trains(source) and not _seeds(source):
            yield Found(where=source.path, because="trains, and seeds nothing")


def _is_entry(source: Source) -> bool:
    return any(
        isinstance(node, ast.If) and "__name__" in ast.dump(node.test)
        for node in source.module.body
    )


def _trains(source: Source) -> bool:
    methods = {call.func.attr for _, call in source.calls if isinstance(call.func, ast.Attribute)}
    steps = "fit" in methods or {"backward", "step"} <= methods
    return steps and "torch" in " ".join(source.names.values())


def _seeds(source: Source) -> bool:
    called = {getattr(call.func, "attr", getattr(call.func, "id", "")) for _, call in source.calls}
    return bool(called.intersection(_SEEDS)) or any(
        "seed" in name.lower() for name in called if name
    )
