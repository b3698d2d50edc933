"""Draw from a generator that is handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_OWN = frozenset(
    {
        *("default_rng", "Generator", "SeedSequence", "PCG64", "Philox", "RandomState", "Random"),
        *(
            "seed",
            "get_state",
            "set_state",
            "getstate",
            "setstate",
            "bit_generator",
            "SystemRandom",
        ),
    }
)


@rule("DAT004", "global-random-numbers", "P12", "P40", level=Level.WARNING)
def global_random_numbers(repository: Repository) -> Iterator[Found]:
    """Code of `data/` draws from the global generator of Python or NumPy.

    Why: worker processes copy its state, so that four workers give every augmentation four times;
    and whoever draws before it changes the data.

    Do: take a `numpy.random.Generator`, seeded by seed, epoch and index.
    """
    for source in repository.folder("data"):
        for name, call in source.calls:
            module, _, function = name.rpartition(".")
            if module in ("numpy.random", "random") and function not in _OWN:
                yield Found(
                    where=source.path,
                    line=call.lineno,
                    because=f"{name} draws from the global state",
                )
