"""Measure q of one form on one input, at first and at second sight, as `parity.judge` does."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from benchmarks.limits.forms import Form, Weights, weights
from scaffold.parity.judge import TURNS
from scaffold.parity.ratio import Ratios, ratios
from scaffold.trace.streams import nudged

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTHS = (8, 16, 64, 192)
TOKENS = (4, 16, 64)
SEEDS = (0, 1, 2)
INPUTS = ("normal", "times 20", "low variance", "far from zero", "constant")
UNIT = float(np.finfo(np.float32).eps) / 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """Where a form is measured."""

    width: int
    tokens: int
    seed: int
    kind: str
    threads: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """The three forms of q, before and after the noise was measured again."""

    form: Form
    setting: Setting
    first: Ratios
    second: Ratios

    @property
    def greatest(self) -> float:
        """What the limit is held against."""
        return max(self.second.norm, self.second.row, self.second.peak)


def settings(threads: int = 1) -> Iterator[Setting]:
    """Give every combination."""
    for width, tokens, seed, kind in itertools.product(WIDTHS, TOKENS, SEEDS, INPUTS):
        yield Setting(width=width, tokens=tokens, seed=seed, kind=kind, threads=threads)


def drawn(setting: Setting, *, images: bool) -> Tensor:
    """Draw the input of a setting: batch, tokens, width, or images of as many patches."""
    side = 4 * round(setting.tokens**0.5)
    shape = (2, 3, side, side) if images else (2, setting.tokens, setting.width)
    generator = torch.Generator().manual_seed(1000 + setting.seed)
    x = torch.randn(shape, generator=generator)
    match setting.kind:
        case "times 20":
            return 20 * x
        case "low variance":
            return 0.01 * x
        case "far from zero":
            return x + 10
        case "constant":
            return torch.full_like(x, 0.7)
        case _:
            return x


@torch.no_grad()
def measured(form: Form, setting: Setting) -> Measurement:
    """Run theirs on one thread and ours on as many as the setting says."""
    every, x = weights(setting.width, setting.seed), drawn(setting, images=form.images)
    own = {name: every[name] for name in form.needs}
    torch.set_num_threads(1)
    theirs = _array(form.theirs(own, x))
    torch.set_num_threads(setting.threads)
    exact = _array(form.ours({name: value.double() for name, value in own.items()}, x.double()))
    ours = _array(form.ours(own, x))
    again = [_array(form.ours(*_moved(own, x, turn))) for turn in TURNS]
    torch.set_num_threads(1)
    noise = ours - exact
    widest = np.maximum.reduce([np.abs(value - exact) for value in (ours, *again)])
    return Measurement(
        form=form,
        setting=setting,
        first=ratios(theirs, exact, noise, UNIT),
        second=ratios(theirs, exact, widest, UNIT),
    )


def _moved(own: Weights, x: Tensor, turn: int) -> tuple[Weights, Tensor]:
    return {name: nudged(value, turn, name) for name, value in own.items()}, nudged(x, turn, "x")


def _array(value: Tensor) -> np.ndarray:
    return np.ascontiguousarray(value.numpy(), dtype=np.float64)
