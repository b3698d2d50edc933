"""How axes are laid out: flattened, viewed, permuted, pooled, taken from the first or the last."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

from torch import Tensor

from scaffold.parity.causes.bench import Bench, Site, is_floating
from scaffold.parity.causes.edits import PRODUCTS, argument, at, changing, is_mask, on_input
from scaffold.parity.causes.extras import turns_samples
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import BUILT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.parity.causes.trial import Trial
    from scaffold.parity.causes.watch import Edit, Made

IMAGE, TOKENS = 4, 3


@hypothesis("flatten", "an image is flattened with its channels first, or last", "D52", "D82")
def flatten_order(bench: Bench) -> Iterator[Trial]:
    """Permute the axes before a tensor is flattened or reshaped."""
    for site in bench.of("flatten", "reshape", "ravel"):
        x = site.made.input if site.made.args else None
        if not is_floating(x) or not is_floating(site.output):
            continue
        if x.ndim not in (TOKENS, IMAGE) or site.output.ndim >= x.ndim:
            continue
        for order in permutations(range(1, x.ndim)):
            if order != tuple(range(1, x.ndim)):
                edit = _permuted_first((0, *order), tuple(site.output.shape[1:]))
                words = f"flattened in the order {(0, *order)}"
                # Two axes beside the batch are no image: heads and their width, or tokens.
                rows = ("D57", "D72", "D82") if x.ndim == TOKENS else ()
                yield at(site, edit, words, "as it is", rows=rows)


@hypothesis("view", "a tensor is viewed in another shape instead of being transposed", "D72", "D82")
def view_for_transpose(bench: Bench) -> Iterator[Trial]:
    """Reshape where ours transposes, and transpose where ours reshapes."""
    for site in bench.of("transpose", "permute", "mT", "T", "movedim"):
        y = site.output
        if any(y is value for product in bench.of(*PRODUCTS) for value in product.made.args):
            continue  # `operand-transposed` says it
        if is_floating(y) and y.shape != site.made.input.shape:
            shape = tuple(y.shape)
            edit: Edit = lambda made, s=shape: made.input.reshape(_batch(made.input, s))  # type: ignore[misc] # noqa: E731
            yield at(site, edit, "viewed in the new shape", f"{site.op}")
        if isinstance(y, Tensor) and y.shape == site.made.input.shape:
            rows = ("D74", "D75") if not is_floating(y) or is_mask(y) else ()
            same: Edit = lambda made: made.input.clone()  # noqa: E731
            yield at(site, same, f"no {site.op}", site.op, rows=rows)
    for site in bench.of("permute"):
        for order in permutations(range(site.made.input.ndim)):
            if _shape(site.made.input, order) == tuple(site.output.shape):
                permuted: Edit = lambda made, order=order: made.input.permute(order)  # type: ignore[misc] # noqa: E731
                yield at(site, permuted, f"permuted by {order}", "another order")
    for site in bench.of("reshape", "unflatten"):
        yield from _transposed_instead(site)


@hypothesis("pooling", "mean, maximum, sum, first or last along an axis", "D63", "D78")
def other_pooling(bench: Bench) -> Iterator[Trial]:
    """Exchange the ways to take one out of many."""
    for site in bench.of("mean", "amax", "sum", "amin", "max", "logsumexp"):
        axes = argument(site, "dim")
        x = site.made.input
        if not is_floating(site.output) or axes is None or not is_floating(x):
            continue
        kept = bool(argument(site, "keepdim", default=False))
        for name, edit in _poolings(axes, kept=kept).items():
            if name != {"amax": "maximum"}.get(site.op, site.op):
                yield at(site, edit, name, site.op)
    for site in bench.of("getitem", "select"):
        axis = _picked(site)
        if axis is not None:
            for name, edit in _poolings(axis, kept=False).items():
                yield at(site, edit, f"{name} along axis {axis}", "one of them")
    for site in bench.of("getitem"):
        yield from _neighbours(site)


def _stands_still(site: Site, shifts: list[int]) -> bool:
    """Whether a roll by so much moves nothing: all the way round, or not at all."""
    dims = argument(site, "dims")
    axes = list(dims) if isinstance(dims, list | tuple) else [dims]
    x = site.made.input
    sizes = [x.numel() if axis is None else x.shape[axis] for axis in axes] or [x.numel()]
    return all(shift % max(size, 1) == 0 for shift, size in zip(shifts, sizes, strict=False))


@hypothesis("shift", "rolled by another amount or the other way", "D51", "D62", "D69")
def other_shift(bench: Bench) -> Iterator[Trial]:
    """Roll the other way, or by one more or less; not at all is a call too much."""
    for site in bench.of("roll"):
        mine = argument(site, "shifts")
        shifts = list(mine) if isinstance(mine, list | tuple) else [mine]
        for other in (
            [-s for s in shifts],
            [s + 1 for s in shifts],
            [s - 1 for s in shifts],
        ):
            if _stands_still(site, other):
                continue
            fresh: Any = other if isinstance(mine, list | tuple) else other[0]
            rows = _rows_of_roll(site)
            yield at(site, changing(shifts=fresh), f"shifts={fresh}", f"{mine}", rows=rows)


def _rows_of_roll(site: Site) -> tuple[str, ...]:
    """Give what a wrong roll is: of samples, of a mask, or of windows, frames and channels."""
    if turns_samples(site):
        return ("D72",)
    masks = not is_floating(site.made.input) or is_mask(site.made.input)
    return ("D74", "D75") if masks else ("D51", "D62", "D69")


@hypothesis("pixel-shuffle", "the channels of a pixel shuffle are grouped the other way", "D82")
def pixel_shuffle(bench: Bench) -> Iterator[Trial]:
    """Let the factor be the outer group of channels, or the inner one."""
    for site in bench.of("pixel_shuffle"):
        factor = int(
            site.made.args[1] if len(site.made.args) > 1 else argument(site, "upscale_factor")
        )

        def outer(x: Tensor, r: int = factor) -> Tensor:
            batch, channels, height, width = x.shape
            x = x.reshape(batch, r * r, channels // (r * r), height, width).transpose(1, 2)
            return x.reshape(batch, channels, height, width)

        yield at(site, on_input(outer), "the factor is the outer group", "the inner group")


@hypothesis("meshgrid", "a grid is indexed by ij or by xy", "D80")
def meshgrid(bench: Bench) -> Iterator[Trial]:
    """Exchange rows and columns of a grid."""
    for site in bench.of("meshgrid"):
        mine = argument(site, "indexing", "ij")
        other = "xy" if mine == "ij" else "ij"
        yield at(site, lambda made, o=other: made.func(*made.args, indexing=o), other, mine)  # type: ignore[misc]
        yield at(site, lambda made: made.run()[::-1], "the two grids exchanged", "as they are")


def _permuted_first(order: tuple[int, ...], shape: tuple[int, ...]) -> Edit:
    def edit(made: Made) -> Tensor:
        x = made.input.permute(order)
        return x.reshape(-1, *shape) if made.op != "flatten" else x.reshape(x.shape[0], *shape)

    return edit


def _batch(x: Tensor, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape for a batch of another size: what is left goes to the first axis."""
    rest = 1
    for size in shape[1:]:
        rest *= size
    return (x.numel() // max(rest, 1), *shape[1:])


def _shape(x: Tensor, order: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(x.shape[axis] for axis in order)


def _transposed_instead(site: Site) -> Iterator[Trial]:
    x, y = site.made.input, site.output
    if not is_floating(x) or not is_floating(y) or x.ndim > IMAGE:
        return
    if x.ndim == y.ndim:
        for order in permutations(range(x.ndim)):
            if order != tuple(range(x.ndim)) and _shape(x, order) == tuple(y.shape):
                edit: Edit = lambda made, order=order: made.input.permute(order)  # type: ignore[misc] # noqa: E731
                yield at(site, edit, f"permuted by {order}", "viewed in the new shape")
    elif x.ndim in (TOKENS, IMAGE) and y.ndim < x.ndim and x.ndim == IMAGE:
        swapped: Edit = on_input(lambda t: t.transpose(1, 2))
        yield at(site, swapped, "axes 1 and 2 transposed first", "not transposed")


def _poolings(axes: Any, *, kept: bool) -> dict[str, Edit]:  # noqa: ANN401 - an axis or several
    one = axes if isinstance(axes, int) else None
    ways: dict[str, Callable[[Tensor], Tensor]] = {
        "mean": lambda x: x.mean(axes, keepdim=kept),
        "maximum": lambda x: x.amax(axes, keepdim=kept),
        "sum": lambda x: x.sum(axes, keepdim=kept),
        "root mean square": lambda x: x.square().mean(axes, keepdim=kept).sqrt(),
    }
    if one is not None:
        ways |= {
            "the first": lambda x: _one(x, one, 0, kept=kept),
            "the last": lambda x: _one(x, one, -1, kept=kept),
            "the mean without the first": lambda x: x.narrow(one, 1, x.shape[one] - 1).mean(
                one, keepdim=kept
            ),
        }
    return {
        name: (lambda made, way=way: way(made.input))  # type: ignore[misc]
        for name, way in ways.items()
    }


def _one(x: Tensor, axis: int, place: int, *, kept: bool) -> Tensor:
    y = x.select(axis, place)
    return y.unsqueeze(axis) if kept else y


def _picked(site: Site) -> int | None:
    """Return the axis from which a call takes one element."""
    x = site.made.args[0]
    if not is_floating(x) or x.ndim < TOKENS or not is_floating(site.output):
        return None
    if site.op == "select":
        return int(site.made.args[1]) if isinstance(site.made.args[2], int) else None
    index = site.made.args[1]
    parts = index if isinstance(index, tuple) else (index,)
    whole = slice(None)
    for place, part in enumerate(parts):
        if isinstance(part, int) and not isinstance(part, bool):
            rest_whole = all(other == whole for other in parts if isinstance(other, slice))
            single = sum(isinstance(other, int) for other in parts) == 1
            return place if rest_whole and single and Ellipsis not in parts else None
    return None


def _neighbours(site: Site) -> Iterator[Trial]:
    """Start or stop a slice one later or earlier."""
    index = site.made.args[1]
    parts = index if isinstance(index, tuple) else (index,)
    if not is_floating(site.made.args[0]):
        return
    for place, part in enumerate(parts):
        if isinstance(part, slice) and part.step not in (None, 1):
            for start in range(part.step):
                if start != (part.start or 0):
                    moved = (
                        *parts[:place],
                        slice(start, part.stop, part.step),
                        *parts[place + 1 :],
                    )
                    edit: Edit = lambda made, m=moved: made.func(made.args[0], m)  # type: ignore[misc] # noqa: E731
                    yield at(
                        site,
                        edit,
                        f"every {part.step}th from {start}",
                        f"from {part.start or 0}",
                        rank=BUILT,
                    )
        elif isinstance(part, slice) and (part.start, part.stop) not in ((None, None), (0, None)):
            for ends in _ends(part):
                fresh = (*parts[:place], ends, *parts[place + 1 :])
                moved_edit: Edit = lambda made, f=fresh: made.func(made.args[0], f)  # type: ignore[misc] # noqa: E731
                words, mine = f"{ends.start}:{ends.stop}", f"{part.start}:{part.stop}"
                dims = site.made.args[0].ndim
                axis = place if Ellipsis not in parts[:place] else dims - len(parts) + place
                image = axis > 1 and dims > TOKENS
                rows = ("D24", "D51") if image else ()
                yield at(site, moved_edit, words, mine, rank=BUILT, rows=rows)


def _ends(part: slice) -> list[slice]:
    found = [slice(None, None)]
    if isinstance(part.start, int) and isinstance(part.stop, int):
        found += [slice(part.start + s, part.stop + s) for s in (1, -1) if part.start + s >= 0]
    elif isinstance(part.start, int):
        found += [slice(None, -part.start)] if part.start else []
    elif isinstance(part.stop, int):
        found += [slice(-part.stop, None)] if part.stop else []
    return found
