"""What happens at the border and between the points of a grid: padding, pooling, resizing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch.nn import functional

from scaffold.parity.causes.edits import (
    AVG_POOLS,
    CONVS,
    CONVS_BACK,
    MAX_POOLS,
    argument,
    at,
    changing,
    each_and_all,
    each_axis,
)
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.parity.causes.bench import Bench, Site
    from scaffold.parity.causes.watch import Edit, Made

STRIDES, WINDOWS = (1, 2, 3, 4), (2, 3, 5)


@hypothesis("ceil-mode", "the last incomplete window of a pooling counts, or does not", "D54")
def ceil_mode(bench: Bench) -> Iterator[Trial]:
    """Exchange floor and ceiling."""
    yield from each_and_all(
        bench.of(*MAX_POOLS, *AVG_POOLS),
        lambda site: _flipped(site, "ceil_mode", default=False),
    )


@hypothesis("count-include-pad", "padding counts in an average, or does not", "D53")
def count_include_pad(bench: Bench) -> Iterator[Trial]:
    """Exchange whether padding counts."""
    yield from each_and_all(
        bench.of(*AVG_POOLS), lambda site: _flipped(site, "count_include_pad", default=True)
    )


@hypothesis("pool-kind", "the maximum instead of the mean over a window, or the reverse", "D69")
def pool_kind(bench: Bench) -> Iterator[Trial]:
    """Exchange maximum and mean."""
    for site in bench.of(*MAX_POOLS, *AVG_POOLS):
        fresh = site.op.replace("max", "avg") if "max" in site.op else site.op.replace("avg", "max")
        edit = _pooled(fresh)
        yield at(site, edit, fresh, site.op)
    for axes in (1, 2, 3):
        for old, new in (("avg", "max"), ("max", "avg")):
            for site in bench.of(f"adaptive_{old}_pool{axes}d"):
                function = getattr(functional, f"adaptive_{new}_pool{axes}d")
                fresh_edit: Edit = lambda made, function=function: function(*made.args[:2])  # type: ignore[misc] # noqa: E731
                yield at(site, fresh_edit, f"adaptive_{new}_pool{axes}d", site.op)


@hypothesis(
    "align-corners", "corners are aligned when a grid is resized or sampled, or are not", "D55"
)
def align_corners(bench: Bench) -> Iterator[Trial]:
    """Exchange whether corners are aligned."""

    def flipped(site: Site) -> tuple[Edit, str, str] | None:
        if argument(site, "mode", "nearest") in ("nearest", "area", "nearest-exact"):
            return (
                None if site.op == "interpolate" else _flipped(site, "align_corners", default=False)
            )
        return _flipped(site, "align_corners", default=False)

    yield from each_and_all(bench.of("interpolate", "grid_sample", "affine_grid"), flipped)


@hypothesis("resize", "resized or sampled in another way", "D19", "D20", "D172")
def other_resize(bench: Bench) -> Iterator[Trial]:
    """Try the other modes, and antialiasing."""
    for site in bench.of("interpolate"):
        mine = argument(site, "mode", "nearest")
        for mode in ("nearest", "nearest-exact", "bilinear", "bicubic", "area", "linear"):
            if mode == mine:
                continue
            for aligned in (False, True) if "linear" in mode or mode == "bicubic" else (None,):
                words = f"mode {mode}{', corners aligned' if aligned else ''}"
                edit = changing(mode=mode, align_corners=aligned, antialias=False)
                yield at(site, edit, words, mine)
        if mine in ("bilinear", "bicubic"):
            made = _flipped(site, "antialias", default=False)
            yield at(site, *made)
    for site in bench.of("grid_sample"):
        for name, values, default in (
            ("mode", ("bilinear", "nearest", "bicubic"), "bilinear"),
            ("padding_mode", ("zeros", "border", "reflection"), "zeros"),
        ):
            for value in values:
                if value != argument(site, name, default):
                    own = argument(site, name, default)
                    yield at(site, changing(**{name: value}), f"{name}={value}", own)


@hypothesis("dilation", "another dilation, with the same size of output", "D69")
def other_dilation(bench: Bench) -> Iterator[Trial]:
    """Dilate more or less, and pad so that the size stays."""
    for site in bench.of(*CONVS):
        axes = int(site.op[-2])
        kernel = site.made.value("weight").shape[2:]
        mine = each_axis(argument(site, "dilation", 1), axes)
        padding = each_axis(argument(site, "padding", 0), axes)
        if mine is None or padding is None or max(kernel) == 1:
            continue
        for dilation in (1, 2, 3, 4, 6, 12):
            if dilation == mine[0]:
                continue
            fresh = [
                p + (dilation - d) * (k - 1) // 2
                for p, d, k in zip(padding, mine, kernel, strict=True)
            ]
            if min(fresh) >= 0:
                edit = changing(dilation=[dilation] * axes, padding=fresh)
                yield at(site, edit, f"dilation={dilation}", f"{mine[0]}")


@hypothesis("stride-place", "the stride stands at another convolution of the block", "D61")
def stride_elsewhere(bench: Bench) -> Iterator[Trial]:
    """Exchange the strides of two convolutions: ResNet v1 and v1.5."""
    convs = bench.of(*CONVS)
    for first in convs:
        for second in convs:
            axes = int(first.op[-2])
            left = each_axis(argument(first, "stride", 1), axes)
            right = each_axis(argument(second, "stride", 1), axes)
            if first.order >= second.order or left == right or not left or not right:
                continue
            yield Trial(
                theirs=f"stride {right[0]} at the first and {left[0]} at the second",
                ours=f"{left[0]} and {right[0]}",
                place=f"{first.place} and {second.place}",
                sites={first.key: changing(stride=right), second.key: changing(stride=left)},
            )


@hypothesis("stride", "another stride, or another size of a pooling's window", "D61", "D69")
def other_stride(bench: Bench) -> Iterator[Trial]:
    """Step by another number, and pool over another window, where that gives theirs' size."""
    for site in bench.of(*CONVS, *CONVS_BACK, *MAX_POOLS, *AVG_POOLS):
        axes = int(site.op[-2])
        pools = site.op in (*MAX_POOLS, *AVG_POOLS)
        window = argument(site, "kernel_size") if pools else None
        mine = each_axis(argument(site, "stride", window if pools else 1) or window, axes)
        if mine is None:
            continue
        for stride in STRIDES:
            if [stride] * axes != mine:
                edit = changing(stride=[stride] * axes)
                yield at(site, edit, f"stride={stride}", f"{mine[0]}")
        for size in WINDOWS if pools else ():
            if [size] * axes != each_axis(window, axes):
                for padding in (0, size // 2):
                    edit = changing(kernel_size=size, stride=mine, padding=padding)
                    words = f"a window of {size}, padded by {padding}"
                    yield at(site, edit, words, f"{window}")


def _flipped(site: Site, name: str, *, default: bool) -> tuple[Edit, str, str]:
    mine = bool(argument(site, name, default))
    return changing(**{name: not mine}), f"{name}={not mine}", f"{mine}"


def _pooled(fresh: str) -> Edit:
    def edit(made: Made) -> Any:  # noqa: ANN401
        return getattr(functional, fresh)(
            made.input,
            made.value("kernel_size"),
            made.value("stride"),
            made.value("padding", 0),
            ceil_mode=bool(made.value("ceil_mode", default=False)),
        )

    return edit
