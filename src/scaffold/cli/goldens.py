"""Record the goldens of a repository: of the twin whole, of the full model by sketches."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.cli.tier import Tier
from scaffold.golden.budget import committed
from scaffold.house.manifest import read_parity
from scaffold.parity.vacuity import examined
from scaffold.reference import record
from scaffold.reference.full import full_differs, record_full
from scaffold.reference.renewal import renewed
from scaffold.reference.unrest import unrest
from scaffold.trace.subject import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.house.manifest import ParityPaths
    from scaffold.reference.renewal import Renewal


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """How goldens are to be recorded."""

    seed: int = 0
    update: bool = False
    """Whether goldens that are there may be replaced, for a reason."""
    reason: str = ""
    tier: Tier = Tier.T0
    full: bool = True
    """Whether the full model is recorded too, where it is another one than the twin."""
    out: Path | None = None
    """Where the bundle goes; None for the place that the manifest names."""


def recorded(paths: ParityPaths, wish: Wish) -> list[Renewal]:
    """Run the reference once, and keep or compare what it gives.

    Raises:
        ScaffoldError: The adapter cannot be used, or the model is dead on its own batch.
    """

    def twin(folder: Path) -> None:
        bundle = record(paths.reference, folder, seed=wish.seed, with_full=wish.full)
        examined(bundle, load(paths.reference))

    def full(folder: Path) -> None:
        cache = paths.cache if wish.tier is Tier.T1 else None
        record_full(paths.reference, folder, seed=wish.seed, cache=cache)

    out = wish.out
    renewals = [
        renewed(
            out or paths.bundle,
            twin,
            update=wish.update,
            reason=wish.reason,
            unrest=lambda bundle: unrest(load(paths.reference), bundle),
        )
    ]
    if wish.full and full_differs(renewals[0].bundle):
        place = out.with_name(f"{out.name}-full") if out else paths.full
        renewals += [renewed(place, full, update=wish.update, reason=wish.reason)]
    return renewals


def first_recorded(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Record the goldens of the repository in `folder`; says under `over` when they are too large.

    Values that JSON can hold go in and out: another interpreter may be asked to do it.
    """
    paths = read_parity(Path(asked["folder"]))
    weighed = committed(one.bundle for one in recorded(paths, Wish()))
    return {"over": weighed.over(paths.budget)}
