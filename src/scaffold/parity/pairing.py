"""Say which tensor of ours stands for which golden, where the two sides are called differently.

Theirs may take query, key and value where ours takes one tensor, give `(output, None)` where ours
gives the output, or name things otherwise. So equal tensors count once, and order decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scaffold.golden import Bundle, Entry

_STATES = 2
"""A mask lets through or does not."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """For every leaf of ours the golden that belongs there, or why there is no such table."""

    of: Mapping[str, Entry]
    problem: str = ""
    misfit: str = ""
    """What makes it doubtful that the pairs belong together; empty when they fit."""


def fitted(bundle: Bundle, pairs: Pairs, ours: Mapping[str, object]) -> Pairs:
    """Leave ours its own form of a mask, and say which other pairs differ in kind or size."""
    kept: dict[str, Entry] = {}
    misfits = []
    for path, entry in pairs.of.items():
        leaf = ours[path]
        fits = not isinstance(leaf, torch.Tensor) or _like(entry, leaf)
        if fits or not _same_mask(bundle.array(entry), leaf):
            kept[path] = entry
        if not fits and path in kept:
            misfits.append(
                f"theirs takes {entry.dtype}{list(entry.shape)} where ours takes {_said(leaf)}"
            )
    return Pairs(kept, pairs.problem, "; ".join(misfits))


def _like(theirs: Entry, ours: torch.Tensor) -> bool:
    """Whether both are real numbers, or integers, or bool, and as many."""
    return (
        _kind(theirs.dtype) == _kind(str(ours.dtype)) and int(np.prod(theirs.shape)) == ours.numel()
    )


def _alike(theirs: Entry, ours: torch.Tensor) -> bool:
    """Whether both are of one kind and one shape."""
    return _kind(theirs.dtype) == _kind(str(ours.dtype)) and theirs.shape == tuple(ours.shape)


def _kind(dtype: str) -> str:
    name = dtype.removeprefix("torch.")
    if name == "bool":
        return "bool"
    return "integer" if name.startswith(("int", "uint")) else "floating"


def _same_mask(theirs: np.ndarray, ours: object) -> bool:
    """Whether two values of ours stand for two values of theirs, place by place.

    A mask may be bool on one side, and a bias of zeros and minus infinity on the other.
    """
    if not isinstance(ours, torch.Tensor) or theirs.size != ours.numel():
        return False
    mine = ours.detach().cpu().numpy().ravel()
    if np.bool_ not in {theirs.dtype.type, mine.dtype.type}:
        return False
    pairs = set(zip(theirs.ravel().tolist(), mine.tolist(), strict=True))
    return len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs) <= _STATES


def _said(leaf: object) -> str:
    if not isinstance(leaf, torch.Tensor):
        return type(leaf).__name__
    return f"{str(leaf.dtype).removeprefix('torch.')}{list(leaf.shape)}"


def paired_inputs(theirs: Sequence[Entry], ours: Mapping[str, object]) -> Pairs:
    """Pair what goes in: every tensor of ours gets one of theirs, and none of theirs is left.

    Unless all of ours have names that theirs has too, or each is the only one of its kind and size
    on both sides: then ours does without the others, and what comes out tells whether they matter.
    """
    mine = {path: leaf for path, leaf in ours.items() if isinstance(leaf, torch.Tensor)}
    groups = _groups(mine)
    first: dict[str, Entry] = {}
    for entry in theirs:
        first.setdefault(entry.hash, entry)
    distinct = list(first.values())
    if len(theirs) == len(mine):
        return Pairs(dict(zip(mine, theirs, strict=True)))
    if len(distinct) == len(groups):
        pairs = zip(groups, distinct, strict=True)
        return Pairs({path: entry for paths, entry in pairs for path in paths})
    named = {entry.leaf: entry for entry in theirs}
    if mine and mine.keys() <= named.keys():
        return Pairs({path: named[path] for path in mine})
    alike = {path: [one for one in distinct if _alike(one, leaf)] for path, leaf in mine.items()}
    alone = {path: ones[0] for path, ones in alike.items() if len(ones) == 1}
    if mine and len({one.hash for one in alone.values()}) == len(mine):
        return Pairs(alone)
    return Pairs(
        {},
        f"theirs takes {len(distinct)} different tensors "
        f"({', '.join(entry.leaf for entry in distinct) or 'none'}), "
        f"ours {len(groups)} ({', '.join(paths[0] for paths in groups) or 'none'})",
    )


def paired_outputs(theirs: Sequence[Entry], ours: Mapping[str, object]) -> Pairs:
    """Pair what comes out: every golden gets a leaf of ours; ours may give more than theirs."""
    free = {
        path: leaf for path, leaf in ours.items() if isinstance(leaf, torch.Tensor | int | float)
    }
    found: dict[str, Entry] = {}
    for entry in theirs:
        path = _nearest(entry, free)
        if path is None:
            given = ", ".join(repr(path) for path in ours) or "nothing"
            return Pairs({}, f"theirs gives {entry.leaf!r}, and ours gives only {given}")
        del free[path]
        found[path] = entry
    return Pairs(found)


def _nearest(entry: Entry, free: Mapping[str, object]) -> str | None:
    """Prefer the same path in the same shape, then the same shape, then what is left."""
    fitting = [path for path, leaf in free.items() if _shape(leaf) == entry.shape]
    if entry.leaf in fitting:
        return entry.leaf
    return next(iter([*fitting, *free]), None)


def _shape(leaf: object) -> tuple[int, ...]:
    return tuple(leaf.shape) if isinstance(leaf, torch.Tensor) else ()


def _groups(leaves: Mapping[str, torch.Tensor]) -> list[list[str]]:
    groups: list[list[str]] = []
    for path, leaf in leaves.items():
        for group in groups:
            first = leaves[group[0]]
            if first.dtype == leaf.dtype and first.shape == leaf.shape and first.equal(leaf):
                group.append(path)
                break
        else:
            groups.append([path])
    return groups
