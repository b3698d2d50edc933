"""What stands beyond the border, and how much of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch.nn import functional

from scaffold.parity.causes.edits import (
    AVG_POOLS,
    CONVS,
    MAX_POOLS,
    argument,
    at,
    changing,
    each_and_all,
    each_axis,
)
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import BUILT, NAMED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.parity.causes.bench import Bench, Site
    from scaffold.parity.causes.trial import Trial
    from scaffold.parity.causes.watch import Edit, Made

MODES = ("reflect", "replicate", "circular")


@hypothesis("padding", "another padding, or as much of it on the other side", "D51")
def other_padding(bench: Bench) -> Iterator[Trial]:
    """Pad more on one side, as TensorFlow does, or by another amount."""
    for site in bench.of(*CONVS, *MAX_POOLS, *AVG_POOLS):
        axes = int(site.op[-2])
        mine = each_axis(argument(site, "padding", 0), axes)
        if mine is None:
            continue
        fill = float("-inf") if site.op in MAX_POOLS else 0.0
        # A window that is cut off can be had by padding as well: leave the word to `ceil-mode`.
        rank = NAMED if site.op in CONVS else BUILT
        amount = mine[0]
        for low, high in dict.fromkeys(
            (
                (amount - 1, amount),
                (amount, amount - 1),
                (0, 2 * amount),
                (2 * amount, 0),
                (amount - 1, amount + 1),
                (amount + 1, amount - 1),
                (amount, amount + 1),
                (amount + 1, amount),
                (amount + 1, amount + 1),
                (amount - 1, amount - 1),
            )
        ):
            if min(low, high) >= 0:
                edit = _padded((low, high) * axes, fill)
                words = f"padding {low} before and {high} after"
                yield at(site, edit, words, f"{amount} and {amount}", rank=rank)
        if any(low != high for low, high in _same(site.made, axes)):
            edit = _like_tensorflow(axes, fill)
            yield at(site, edit, "padding SAME", f"{amount} on each side", rank=rank)
    for site in bench.of("pad"):
        widths = tuple(argument(site, "pad"))
        turned = tuple(widths[place ^ 1] for place in range(len(widths)))
        total = [widths[i] + widths[i + 1] for i in range(0, len(widths), 2)]
        even = tuple(w for t in total for w in (t // 2, t - t // 2))
        more = tuple(w for t in total for w in (t, t))
        for other in dict.fromkeys((turned, even, more, *_moved(widths))):
            if other != widths:
                yield at(site, changing(pad=list(other)), f"pad={other}", f"{widths}")


@hypothesis("padding-mode", "padded with other values", "D51")
def other_padding_mode(bench: Bench) -> Iterator[Trial]:
    """Reflect, repeat or wrap where ours pads with zeros, and the reverse."""
    for mode in MODES:

        def padded(site: Site, mode: str = mode) -> tuple[Edit, str, str] | None:
            axes = int(site.op[-2])
            mine = each_axis(argument(site, "padding", 0), axes)
            if mine is None or not any(mine):
                return None
            widths = tuple(w for amount in reversed(mine) for w in (amount, amount))
            return _padded(widths, 0.0, mode), f"padding mode {mode}", "zeros"

        yield from each_and_all(bench.of(*CONVS), padded)
    for site in bench.of("pad"):
        mine = argument(site, "mode", "constant")
        for mode in ("constant", *MODES):
            if mode != mine:
                yield at(site, changing(mode=mode, value=None), f"padding mode {mode}", mine)
        for value in (0.0, float("-inf"), 1.0, -1.0):
            own = argument(site, "value") or 0.0
            if mine == "constant" and value != own:
                yield at(site, changing(value=value), f"padded with {value:g}", f"{own:g}")


def _padded(widths: tuple[int, ...], fill: float, mode: str = "constant") -> Edit:
    def edit(made: Made) -> Any:  # noqa: ANN401
        value = fill if mode == "constant" else None
        x = functional.pad(made.input, list(widths), mode, value)
        made.args = (x, *made.args[1:])
        return made.run(padding=0)

    return edit


def _like_tensorflow(axes: int, fill: float) -> Edit:
    def edit(made: Made) -> Any:  # noqa: ANN401
        widths = [width for pair in reversed(_same(made, axes)) for width in pair]
        return _padded(tuple(widths), fill)(made)

    return edit


def _same(made: Made, axes: int) -> list[tuple[int, int]]:
    """Return what TensorFlow's SAME puts before and behind each axis."""
    pool = "pool" in made.op
    kernel = each_axis(made.value("kernel_size") if pool else made.value("weight").shape[2:], axes)
    stride = each_axis(made.value("stride") or (kernel if pool else 1), axes)
    dilation = each_axis(made.value("dilation", 1), axes)
    found = []
    for size, k, s, d in zip(
        made.input.shape[-axes:], kernel or [], stride or [], dilation or [], strict=True
    ):
        total = max((-(-size // s) - 1) * s + (k - 1) * d + 1 - size, 0)
        found.append((total // 2, total - total // 2))
    return found


def _moved(widths: tuple[int, ...]) -> list[tuple[int, ...]]:
    found = []
    for step in (1, -1):
        found.append(tuple(w + step for w in widths))
        found.append(tuple(w + (step if p % 2 else -step) for p, w in enumerate(widths)))
    return found
