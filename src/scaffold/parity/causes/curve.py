"""Describe a table of learning rates by a warm-up and a decay, exactly or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

Rates = NDArray[np.float64]
EXACT = 1e-9
"""Relative to the largest rate: a description that misses by more is none."""
POWERS = {"linear": 1.0, "polynomial 0.9": 0.9, "square": 2.0, "cubic": 3.0}


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """A schedule in numbers."""

    base: float
    warm_up: int
    """Steps before the decay begins."""
    over: int
    """Steps over which it rises: one less where the last of them has the full rate already."""
    begins: float
    """The first rate as a share of the base, where there is a warm-up."""
    shape: str
    lag: int
    """Steps between the end of the warm-up and the step from which the decay is counted."""
    end: int
    """The step at which the decay has arrived."""
    floor: float
    """The rate at which it arrives; for `exponential` the factor of one step."""

    @property
    def rise(self) -> str:
        """The warm-up in words."""
        if not self.warm_up:
            return "no warm-up"
        steps = self.over + 1
        if np.isclose(self.begins * steps, 1.0, rtol=1e-9):
            return f"a warm-up of {steps} steps, counted from one"
        if abs(self.begins) < EXACT:
            return f"a warm-up of {self.over} steps, counted from zero"
        return f"a warm-up of {self.over} steps from {self.begins:.4g} of the rate"

    @property
    def origin(self) -> int:
        """The step from which the decay is counted."""
        return self.warm_up + self.lag

    def rates(self, steps: Rates) -> Rates:
        """Return the rate at each of these steps."""
        origin = self.origin
        share = np.clip((steps - origin) / max(self.end - origin, 1), 0.0, 1.0)
        decayed = self.floor + (self.base - self.floor) * _remaining(self.shape, share)
        if self.shape == "exponential":
            decayed = self.base * self.floor ** np.maximum(steps - origin, 0.0)
        if self.shape == "inverse root":
            decayed = self.base * np.sqrt(max(origin, 1) / np.maximum(steps, 1.0))
        rise = self.begins + (1.0 - self.begins) * steps / max(self.over, 1)
        return np.asarray(np.where(steps < self.warm_up, self.base * rise, decayed))


def described(rates: Rates, steps: Rates, total: int) -> Curve | None:
    """Return the plainest curve that gives these rates, None when none of the known ones does."""
    for curve in _candidates(rates, steps, total):
        if _agrees(curve, rates, steps):
            return curve
    return None


def _agrees(curve: Curve, rates: Rates, steps: Rates) -> bool:
    gap = np.abs(curve.rates(steps) - rates).max()
    return bool(gap <= EXACT * max(float(np.abs(rates).max()), 1e-300))


def _candidates(rates: Rates, steps: Rates, total: int) -> Iterator[Curve]:
    peak = int(np.argmax(rates >= rates.max() * (1 - 1e-12)))
    top = float(rates.max())
    over = int(steps[peak])
    for warm in (over, over + 1) if over else (over,):
        begins = float(rates[0] / top) if warm else 1.0
        if (rates[steps >= warm] == top).all():
            yield Curve(
                base=top,
                warm_up=warm,
                over=over,
                begins=begins,
                shape="constant",
                lag=0,
                end=total,
                floor=top,
            )
        for lag in dict.fromkeys((0, -warm, 1, -1)):
            for end in _ends(total, warm):
                for shape in ("cosine", *POWERS):
                    curve = _fitted(rates, steps, top, (warm, over), begins, shape, lag, end)
                    if curve is not None:
                        yield curve
            yield from _open_ended(rates, steps, top, (warm, over), begins, lag, total)


def _ends(total: int, warm: int) -> list[int]:
    near = [total, total - 1, total + 1, total - warm, total + warm, total - warm - 1]
    near += [total + warm - 1, total + warm + 1, 2 * total, total // 2]
    return list(dict.fromkeys(end for end in near if end > warm))


def _fitted(
    rates: Rates,
    steps: Rates,
    top: float,
    rise: tuple[int, int],
    begins: float,
    shape: str,
    lag: int,
    end: int,
) -> Curve | None:
    """Solve for base and floor, which are linear in the rates."""
    warm, over = rise
    after = steps >= warm
    origin = warm + lag
    if end <= origin or after.sum() < 3:  # noqa: PLR2004 - two unknowns
        return None
    share = np.clip((steps[after] - origin) / (end - origin), 0.0, 1.0)
    left = _remaining(shape, share)
    system = np.stack([left, 1.0 - left], axis=1)
    solution, *_ = np.linalg.lstsq(system, rates[after], rcond=None)
    base, floor = float(solution[0]), float(solution[1])
    floor = 0.0 if abs(floor) < EXACT * top else floor
    return Curve(
        base=base,
        warm_up=warm,
        over=over,
        begins=float(rates[0] / base) if warm and base else begins,
        shape=shape,
        lag=lag,
        end=end,
        floor=floor,
    )


def _open_ended(
    rates: Rates,
    steps: Rates,
    top: float,
    rise: tuple[int, int],
    begins: float,
    lag: int,
    total: int,
) -> Iterator[Curve]:
    warm, over = rise
    after = steps >= warm
    if after.sum() > 2 and (rates[after] > 0).all():  # noqa: PLR2004 - a line through logarithms
        late, values = steps[after], rates[after]
        factor = float((values[-1] / values[0]) ** (1.0 / (late[-1] - late[0])))
        yield Curve(
            base=top,
            warm_up=warm,
            over=over,
            begins=begins,
            shape="exponential",
            lag=lag,
            end=total,
            floor=factor,
        )
    if warm:
        yield Curve(
            base=top,
            warm_up=warm,
            over=over,
            begins=begins,
            shape="inverse root",
            lag=0,
            end=total,
            floor=0.0,
        )


def _remaining(shape: str, share: Rates) -> Rates:
    """Return what is left of the way from base to floor."""
    if shape == "cosine":
        return np.asarray((1.0 + np.cos(np.pi * share)) / 2.0)
    if shape in POWERS:
        return np.asarray((1.0 - share) ** POWERS[shape])
    return np.ones_like(share)
