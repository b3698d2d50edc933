"""What keeps a division from zero: the eps of a normalisation, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from scaffold.parity.causes.edits import (
    NORMS,
    argument,
    at,
    changing,
    each_and_all,
    free_each_and_all,
    scalar,
)
from scaffold.parity.causes.normal import axes_of, normalised
from scaffold.parity.causes.registry import WITH_LOSS, hypothesis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.parity.causes.bench import Bench, Site
    from scaffold.parity.causes.trial import Free, Trial
    from scaffold.parity.causes.watch import Edit, Made

GRID = (1e-5, 1e-6, 1e-8, 1e-12, 1e-3, 1e-4, 1e-7, 1e-2)
SMALL = 0.05
"""An added number below this is taken for an eps."""


@hypothesis("eps", "another eps in a normalisation", "D47", "D48", rungs=WITH_LOSS)
def another_eps(bench: Bench) -> Iterator[Trial | Free]:
    """Solve for the eps of every normalisation, called as one or written by hand."""
    norms = bench.of(*NORMS, "normalize", "cosine_similarity")
    yield from free_each_and_all(
        norms, lambda _, eps: changing(eps=eps), lambda eps: f"eps={eps:g}", _eps, GRID
    )
    added = [site for site in bench.of("add") if _is_small(site)]
    yield from free_each_and_all(
        added,
        lambda _, eps: changing(other=eps),
        lambda eps: f"eps={eps:g}",
        lambda site: f"{scalar(site):g}",
        GRID,
    )
    clamped = [site for site in bench.of("clamp") if 0 < _number(argument(site, "min")) < SMALL]
    yield from free_each_and_all(
        clamped,
        lambda _, eps: changing(min=eps),
        lambda eps: f"eps={eps:g}",
        lambda site: f"{argument(site, 'min'):g}",
        GRID,
    )


@hypothesis("eps-place", "eps is added after the square root, or before it", "D48", "D107")
def eps_elsewhere(bench: Bench) -> Iterator[Trial]:
    """Move eps out of the root, or into it."""

    def outside(site: Site) -> tuple[Edit, str, str] | None:
        if axes_of(site) is None:
            return None
        return (
            lambda made: normalised(made, spread=lambda var, eps: var.sqrt() + eps),
            "eps added after the root",
            "inside the root",
        )

    yield from each_and_all(bench.of(*NORMS), outside)
    small = [site for site in bench.of("add") if _is_small(site)]
    for site in small:
        eps = scalar(site) or 0.0
        for root in bench.of("rsqrt", "sqrt", "pow"):
            if root.order <= site.order or root.made.input is not site.output:
                continue
            yield _both(site, root, eps)
        for root in bench.of("sqrt", "std", "norm"):
            if root.output is site.made.args[0]:
                yield _inside(root, site, eps)


def _both(site: Site, root: Site, eps: float) -> Trial:
    def rooted(made: Made) -> Tensor:
        value = made.input
        if root.op == "sqrt":
            return value.sqrt() + eps
        return 1.0 / (value.sqrt() + eps)

    trial = at(root, rooted, "eps added after the root", "inside the root")
    return _joined(trial, site, lambda made: made.input * 1.0)


def _inside(root: Site, site: Site, eps: float) -> Trial:
    def rooted(made: Made) -> Tensor:
        value: Tensor = made.run()
        return (value.square() + eps).sqrt()

    trial = at(root, rooted, "eps added before the root", "after the root")
    return _joined(trial, site, lambda made: made.input * 1.0)


def _joined(trial: Trial, site: Site, edit: Edit) -> Trial:
    from dataclasses import replace  # noqa: PLC0415

    return replace(trial, sites={**trial.sites, site.key: edit})


def _is_small(site: Site) -> bool:
    number = scalar(site)
    return number is not None and 0 < number < SMALL and isinstance(site.made.args[0], Tensor)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _eps(site: Site) -> str:
    eps = argument(site, "eps", 1e-5)
    return "the machine's" if eps is None else f"{eps:g}"
