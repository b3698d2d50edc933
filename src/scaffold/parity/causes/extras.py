"""Say what a call that ours makes too much stands for: by what it does, and where it does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.parity.causes.bench import Bench, is_floating
from scaffold.parity.causes.edits import NORMS, SOFTMAXES, argument
from scaffold.parity.causes.families.activations import NAMES

if TYPE_CHECKING:
    from scaffold.parity.causes.site import Site

ANYTHING = ("D59", "D66")
"""A layer too many, or a norm in another place."""
PREPARED = ("D16", "D17", "D18")
"""An image is scaled or normalised once more."""
COLOURS = 3
BOUNDS = ("clamp", "abs", "minimum", "maximum", "nan_to_num")
ROUNDING = ("round", "floor", "ceil")
TURNING = ("roll", "flip", "rot90")
ARITHMETIC = ("add", "sub", "mul", "div", "pow", "iadd", "isub", "imul", "idiv")
SMOOTHING = ("avg_pool1d", "avg_pool2d", "avg_pool3d", "max_pool1d", "max_pool2d", "max_pool3d")


def rows_of(bench: Bench, site: Site) -> tuple[str, ...]:
    """Give the rows of the catalogue that a call too much may be, the closest first.

    Empty where it may be anything: then there is a call to leave out, and no cause to name.
    """
    if site.op in ROUNDING:
        return ("D40",)
    if site.op in ARITHMETIC and prepares(bench, site):
        return (*PREPARED, *ANYTHING)
    closest = _closest(bench, site)
    return (*closest, *ANYTHING) if closest or site.op in NORMS else ()


def _closest(bench: Bench, site: Site) -> tuple[str, ...]:
    made = {one.op for one in bench.sites}
    attends = bool(made & set(SOFTMAXES))
    if site.op in TURNING:
        if turns_samples(site):
            return ("D72",)
        if attends:
            # Along the last axis it is the keys that are late; along another one, heads.
            return ("D57", "D62", "D75", "D82") if site.op == "roll" else ("D57", "D82")
        return ("D51", "D62", "D82")
    if site.op in SMOOTHING:
        return ("D19", "D63")
    if site.op in NAMES or site.op in BOUNDS:
        return ("D50", "D64")
    if site.op in SOFTMAXES:
        return ("D85", "D58")
    if site.op not in ARITHMETIC:
        return ()
    if joins(site):
        return ("D60",)
    if attends:
        return ("D56", "D58")
    return ("D50",) if made & NAMES else ("D60",) if site.op == "mul" else ()


def prepares(bench: Bench, site: Site) -> bool:
    """Whether a call works on an image that is given to the part, before anything else does."""
    x = argument(site, "input")
    coloured = is_floating(x) and x.ndim > 3 and COLOURS in (x.shape[1], x.shape[-1])  # noqa: PLR2004
    return coloured and not joins(site) and bench.reads_input(site)


def joins(site: Site) -> bool:
    """Whether a call takes two activations of one shape: a residual, a gate."""
    second = argument(site, "other")
    return is_floating(second) and second.ndim > 1 and second.shape == site.output.shape


def turns_samples(site: Site) -> bool:
    """Whether the first axis is turned, along which the samples lie."""
    dims = argument(site, "dims")
    axes = dims if isinstance(dims, list | tuple) else (dims,)
    first = -site.made.input.ndim
    return any(axis in (0, first) for axis in axes if axis is not None)
