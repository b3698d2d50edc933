"""Which nonlinearity, in which form, with which slope."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from scaffold.parity.causes.bench import Bench, Site, is_floating
from scaffold.parity.causes.edits import (
    answering,
    argument,
    at,
    changing,
    each_and_all,
    free_each_and_all,
    scalar,
)
from scaffold.parity.causes.registry import WITH_LOSS, hypothesis
from scaffold.parity.causes.trial import BUILT, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from scaffold.parity.causes.trial import Free
    from scaffold.parity.causes.watch import Edit, Made

    Map = Callable[[Tensor], Tensor]

STRAIGHT = 1e-6
ROOT = math.sqrt(2 / math.pi)
CUBIC = 0.044715


def gelu_tanh(x: Tensor) -> Tensor:
    """GELU by its tanh form."""
    return functional.gelu(x, approximate="tanh")


def quick_gelu(x: Tensor) -> Tensor:
    """GELU by a sigmoid."""
    return x * torch.sigmoid(1.702 * x)


ACTIVATIONS: dict[str, Map] = {
    "relu": torch.relu,
    "relu6": functional.relu6,
    "leaky_relu (0.01)": functional.leaky_relu,
    "leaky_relu (0.1)": lambda x: functional.leaky_relu(x, 0.1),
    "leaky_relu (0.2)": lambda x: functional.leaky_relu(x, 0.2),
    "silu": functional.silu,
    "hardswish": functional.hardswish,
    "gelu": functional.gelu,
    "elu": functional.elu,
    "selu": functional.selu,
    "softplus": functional.softplus,
    "mish": functional.mish,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "hardsigmoid": functional.hardsigmoid,
    "hardtanh": functional.hardtanh,
    "softsign": functional.softsign,
    "relu squared": lambda x: torch.relu(x).square(),
}
NAMES = frozenset(name.partition(" ")[0] for name in ACTIVATIONS) | {"celu", "prelu", "threshold"}
SLOPE = ("D49", "D50")
"""The rows of a number within an activation: another slope or another constant of it."""


def is_activation(bench: Bench) -> bool:
    """Whether a part is one activation: a function of each number, with nothing learned in it."""
    curved = len(bench.of(*NAMES, "exp", "erf"))
    return bench.part is not None and not bench.parameters and curved == 1


CURVES = ("abs", "square", "exp", "sin", "sign", "log1p")
"""What may stand where an activation should, and is none in torch's words."""
_GATES: dict[str, Map] = {
    "silu": torch.sigmoid,
    "relu": lambda x: (x > 0).to(x.dtype),
    "gelu": lambda x: 0.5 * (1 + torch.erf(x / math.sqrt(2))),
    "gelu (tanh)": lambda x: 0.5 * (1 + torch.tanh(ROOT * (x + CUBIC * x**3))),
    "gelu (sigmoid)": lambda x: torch.sigmoid(1.702 * x),
    "hardswish": functional.hardsigmoid,
    "mish": lambda x: torch.tanh(functional.softplus(x)),
    "leaky_relu (0.01)": lambda x: torch.where(x > 0, 1.0, 0.01),
}


@hypothesis("gelu-form", "GELU by erf, by tanh or by a sigmoid", "D49")
def gelu_form(bench: Bench) -> Iterator[Trial]:
    """Exchange the forms of GELU, called as one or written by hand."""
    for site in _all(bench.of("gelu")):
        mine = argument(site[0], "approximate", "none")
        other = "tanh" if mine == "none" else "none"
        yield from _same_edit(
            site, changing(approximate=other), f"gelu ({_form(other)})", _form(mine)
        )
        yield from _same_edit(site, answering(quick_gelu), "gelu (sigmoid)", _form(mine))
    for site in _all(bench.of("erf")):
        tanh: Edit = answering(lambda z: _tanh_of(z * math.sqrt(2)))
        yield from _same_edit(site, tanh, "gelu (tanh)", "erf")
        quick: Edit = answering(lambda z: 2 * torch.sigmoid(1.702 * math.sqrt(2) * z) - 1)
        yield from _same_edit(site, quick, "gelu (sigmoid)", "erf")
    for site in _all(bench.of("tanh")):
        erf: Edit = answering(lambda u: torch.erf(_argument_of(u) / math.sqrt(2)))
        yield from _same_edit(site, erf, "gelu (erf)", "tanh")
        quick = answering(lambda u: 2 * torch.sigmoid(1.702 * _argument_of(u)) - 1)
        yield from _same_edit(site, quick, "gelu (sigmoid)", "tanh")
    for site in _all(bench.of("sigmoid")):
        if not _is_scaled(bench, site[0], 1.702):
            continue
        gate: Edit = answering(lambda z: 0.5 * (1 + torch.erf(z / 1.702 / math.sqrt(2))))
        yield from _same_edit(site, gate, "gelu (erf)", "sigmoid")
        gate = answering(lambda z: 0.5 * (1 + _tanh_of(z / 1.702)))
        yield from _same_edit(site, gate, "gelu (tanh)", "sigmoid")


@hypothesis("activation", "another activation", "D50", rungs=WITH_LOSS)
def other_activation(bench: Bench) -> Iterator[Trial]:
    """Exchange every activation for each other one, and for none."""
    sites = [site for site in bench.of(*NAMES, *CURVES) if site.same_shape]
    for name, function in ACTIVATIONS.items():

        def exchanged(
            site: Site, name: str = name, function: Map = function
        ) -> tuple[Edit, str, str] | None:
            # What leaves the recorded input as it is says no more than that there is none.
            if site.op == name or torch.equal(function(site.made.input), site.made.input):
                return None
            return answering(function), name, site.op

        yield from each_and_all(sites, exchanged)
    yield from _written_out(bench)


@hypothesis("slope", "another slope, bound or sharpness of an activation", "D50", rungs=WITH_LOSS)
def slope(bench: Bench) -> Iterator[Free]:
    """Solve for the number of an activation."""
    for op, name, grid in (
        ("leaky_relu", "negative_slope", (0.01, 0.1, 0.2, 0.3)),
        ("elu", "alpha", (1.0, 0.5)),
        ("celu", "alpha", (1.0, 0.5)),
        ("softplus", "beta", (1.0, 2.0)),
        ("hardtanh", "max_val", (1.0, 6.0, 2.0)),
        ("clamp", "max", (1.0, 6.0, 5.0)),
        ("clamp", "min", (-1.0, -5.0)),
    ):
        sites = [
            site
            for site in bench.of(op)
            if op != "clamp" or isinstance(argument(site, name), int | float)
        ]
        yield from free_each_and_all(
            sites,
            lambda _, number, name=name: _sloped(name, number),  # type: ignore[misc]
            lambda number, name=name: f"{name}={number:g}",  # type: ignore[misc]
            lambda site, name=name: f"{argument(site, name, 'the default')}",  # type: ignore[misc]
            grid,
            positive=grid[0] > 0,
        )


@hypothesis("activation-missing", "theirs has an activation where ours has none", "D50", "D64")
def missing_activation(bench: Bench) -> Iterator[Trial]:
    """Apply an activation to what a call gives."""
    for name in ("relu", "gelu", "silu", "tanh", "sigmoid", "relu6", "leaky_relu (0.01)"):
        function = ACTIVATIONS[name]
        for site in bench.sites:
            twice = any(act.made.input is site.output for act in bench.of(name.partition(" ")[0]))
            if twice or site.op in NAMES:
                continue  # `twice` says it
            if is_floating(site.output) and site.output.ndim > 1:
                edit: Edit = lambda made, function=function: function(made.run())  # type: ignore[misc] # noqa: E731
                yield at(site, edit, f"{name} after it", "none", rank=BUILT)


def _written_out(bench: Bench) -> Iterator[Trial]:
    """Exchange activations that are written as a gate, or as a bound."""
    for site in bench.of("sigmoid"):
        for name, gate in _GATES.items() if _is_gate(bench, site) else ():
            yield at(site, answering(gate), name, "silu")
    for site in bench.of("clamp", "maximum"):
        bound = argument(site, "min") == 0 and argument(site, "max") is None
        if bound or (site.op == "maximum" and site.same_shape):
            for name, function in ACTIVATIONS.items():
                yield at(site, answering(function), name, "relu")


def _sloped(name: str, number: float) -> Edit:
    if name == "negative_slope" and abs(number - 1.0) < STRAIGHT:
        # That would be no activation at all, which `extra` says.
        return _refused
    return changing(**{name: number})


def _refused(_made: Made) -> Tensor:
    raise ValueError("another hypothesis says this")


def _tanh_of(x: Tensor) -> Tensor:
    return torch.tanh(ROOT * (x + CUBIC * x**3))


def _argument_of(u: Tensor) -> Tensor:
    """Solve `u = sqrt(2/pi) (x + 0.044715 x^3)` for x."""
    target = u / ROOT
    x = target.clone()
    for _ in range(60):
        x = x - (x + CUBIC * x**3 - target) / (1 + 3 * CUBIC * x**2)
    return x


def _form(approximate: str) -> str:
    return "erf" if approximate == "none" else approximate


def _all(sites: list[Site]) -> list[list[Site]]:
    return [[site] for site in sites] + ([sites] if len(sites) > 1 else [])


def _same_edit(sites: list[Site], edit: Edit, theirs: str, ours: str) -> Iterator[Trial]:
    if len(sites) == 1:
        yield at(sites[0], edit, theirs, ours)
        return
    edits = {site.key: edit for site in sites}
    yield Trial(theirs=theirs, ours=ours, place=f"every {sites[0].op}", sites=edits)


def _is_scaled(bench: Bench, site: Site, factor: float) -> bool:
    return any(
        made.output is site.made.input and scalar(made) == factor for made in bench.of("mul")
    )


def _is_gate(bench: Bench, site: Site) -> bool:
    """Whether what the sigmoid gives is multiplied with its own input."""
    return any(
        site.output is left and site.made.input is right
        for made in bench.of("mul")
        for left, right in (made.made.args[:2], made.made.args[1::-1])
    )
