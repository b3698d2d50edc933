"""Find the families of hypotheses in their folder; adding a family is adding a file."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from scaffold.core.comparison import Rung
from scaffold.parity.causes import families

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.parity.causes.bench import Bench
    from scaffold.parity.causes.trial import Free, Trial

    Generate = Callable[[Bench], Iterator[Trial | Free]]

WITH_LOSS = (Rung.FORWARD, Rung.LOSS)

_known: dict[str, Hypothesis] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Hypothesis:
    """One kind of cause: what it stands for, and how its trials are made from the calls."""

    name: str
    says: str
    """What is wrong in ours, in one clause."""
    rows: tuple[str, ...]
    rungs: tuple[Rung, ...]
    family: str
    generate: Generate | None
    """None where the rung runs its own trials."""


def hypothesis(
    name: str, says: str, *rows: str, rungs: tuple[Rung, ...] = (Rung.FORWARD,)
) -> Callable[[Generate], Generate]:
    """Register a generator of trials under a name."""

    def keep(generate: Generate) -> Generate:
        declare(name, says, *rows, rungs=rungs, family=generate.__module__, generate=generate)
        return generate

    return keep


def declare(
    name: str,
    says: str,
    *rows: str,
    rungs: tuple[Rung, ...],
    family: str,
    generate: Generate | None = None,
) -> None:
    """Register a hypothesis.

    Raises:
        ValueError: The name is taken.
    """
    if name in _known:
        raise ValueError(f"two hypotheses are called {name}")
    _known[name] = Hypothesis(
        name=name,
        says=says,
        rows=rows,
        rungs=rungs,
        family=family.rpartition(".")[2],
        generate=generate,
    )


@cache
def hypotheses() -> tuple[Hypothesis, ...]:
    """Return every hypothesis, by family and then in the order of the file."""
    for module in sorted(pkgutil.iter_modules(families.__path__), key=lambda found: found.name):
        importlib.import_module(f"{families.__name__}.{module.name}")
    return tuple(_known.values())


def of_rung(rung: Rung) -> tuple[Hypothesis, ...]:
    """Return the hypotheses about one rung."""
    return tuple(one for one in hypotheses() if rung in one.rungs)


def rows_of(name: str) -> tuple[str, ...]:
    """Return the rows of the defect catalogue that a hypothesis stands for."""
    hypotheses()
    return _known[name].rows
