"""Settings that a part keeps as attributes: flags and whole numbers."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from scaffold.parity.causes.bench import is_floating
from scaffold.parity.causes.edits import at, changing, scalar
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import BUILT, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import nn

    from scaffold.parity.causes.bench import Bench
    from scaffold.parity.causes.watch import Edit, Key, Made

MOST = 512
_HOW = re.compile(r"fused|flash|sdpa|efficient|checkpoint|compile|export|jit|script")
"""A flag that says how something is computed and not what: ours may hold what is wrong in one way
of several, and switching to another shows no setting of theirs."""
LONGEST = 8
"""A list of more numbers is a table, and its order no slip."""


@hypothesis(
    "setting", "a flag, a whole number or the order of a list of the part is another", "D12", "D69"
)
def other_setting(bench: Bench) -> Iterator[Trial]:
    """Flip flags and try other whole numbers among the attributes of the author's classes."""
    if bench.part is None:
        return
    for path, module in (("", bench.part), *bench.submodules.items()):
        if type(module).__module__.startswith("torch.nn."):
            continue
        if any(path == p or path.startswith(f"{p}.") for p in bench.proved):
            continue
        for name, value in _own(module):
            if _HOW.search(name):
                continue
            where = f"{path}.{name}" if path else name
            rows = () if isinstance(value, int) else ("D69", "D80")
            for other in _others(value):
                yield Trial(
                    theirs=f"{where}={other}",
                    ours=f"{value}",
                    place=where,
                    settings=((path, name, other),),
                    rank=BUILT,
                    rows=rows,
                )


@hypothesis("dropout-scale", "activations are scaled by the keep rate at evaluation", "D134")
def dropout_scale(bench: Bench) -> Iterator[Trial]:
    """Scale by 1 - p, or by 1 / (1 - p), where dropout is off."""
    for site in bench.of("dropout", "dropout1d", "dropout2d", "dropout3d"):
        p = float(site.made.value("p", 0.5))
        if not 0.0 < p < 1.0:
            continue
        for words, factor in ((f"times {1 - p:g}", 1 - p), (f"times 1/{1 - p:g}", 1 / (1 - p))):
            yield at(site, lambda made, f=factor: made.input * f, words, "not scaled")  # type: ignore[misc]


@hypothesis("heads", "another number of heads", "D69")
def other_heads(bench: Bench) -> Iterator[Trial]:
    """Split the width into another number of heads, wherever it is split."""
    sizes = sorted(size for size in bench.sizes if size <= MOST)
    sites = [site for site in bench.of("reshape", "unflatten") if is_floating(site.output)]
    for heads in sizes:
        for width in sizes:
            edits = {}
            for site in sites:
                shape = tuple(site.output.shape)
                for place in range(1, len(shape) - 1):
                    if shape[place : place + 2] == (heads, width):
                        edits[site.key] = place
            for other in _divisors(heads * width) if edits else []:
                if other != heads:
                    yield _split_into(bench, (heads, width), other, edits)


def _split_into(
    bench: Bench, split: tuple[int, int], other: int, places: dict[tuple[str, int], int]
) -> Trial:
    """Split into `other` heads; a scale that was made from the width follows."""
    heads, width = split
    fresh = heads * width // other
    sites: dict[Key, Edit] = {}
    for key, place in places.items():

        def edit(made: Made, place: int = place) -> Any:  # noqa: ANN401
            shape = list(made.run().shape)
            shape[place : place + 2] = [other, fresh]
            return made.input.reshape(shape)

        sites[key] = edit
    for site in bench.of("mul", "div"):
        power = 0.5 if site.op == "div" else -0.5
        if math.isclose(scalar(site) or 0.0, width**power, rel_tol=1e-6):
            sites[site.key] = changing(other=fresh**power)
    return Trial(
        theirs=f"{other} heads",
        ours=f"{heads}",
        place="where heads are split",
        sites=sites,
        rank=BUILT,
    )


def _own(module: nn.Module) -> Iterator[tuple[str, Any]]:
    for name, value in vars(module).items():
        if name.startswith("_") or name == "training":
            continue
        if isinstance(value, bool | int) or _is_list_of_numbers(value):
            yield name, value


def _is_list_of_numbers(value: object) -> bool:
    return (
        isinstance(value, list | tuple)
        and 1 < len(value) <= LONGEST
        and len(set(map(str, value))) > 1
        and all(isinstance(one, int | float | tuple | list) for one in value)
    )


def _others(value: Any) -> Iterator[Any]:  # noqa: ANN401 - a flag, a number or a list
    if isinstance(value, list | tuple):
        kind, own = type(value), list(value)
        inner = [one[::-1] for one in own if isinstance(one, list | tuple)]
        turns = [own[::-1], own[1:] + own[:1], own[-1:] + own[:-1]]
        yield from (kind(one) for one in (*turns, inner) if len(one) == len(own) and one != own)
        return
    if isinstance(value, bool):
        yield not value
        return
    near = (value + 1, value - 1, value * 2, value // 2, value * 4, value // 4, 0, 1)
    for other in dict.fromkeys(near):
        if other != value and 0 <= other <= MOST:
            yield other


def _divisors(size: int) -> list[int]:
    return [other for other in range(1, min(size, 65)) if size % other == 0]
