"""Say which tensor of ours stands for which golden, where the two sides are called differently.

Theirs may take query, key and value where ours takes one tensor, give `(output, None)` where ours
gives the output, or name things otherwise. So equal tensors count once, and order decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scaffold.golden import Entry


@dataclass(frozen=True, slots=True)
class Pairs:
    """For every leaf of ours the golden that belongs there, or why there is no such table."""

    of: Mapping[str, Entry]
    problem: str = ""


def paired_inputs(theirs: Sequence[Entry], ours: Mapping[str, object]) -> Pairs:
    """Pair what goes in: every tensor of ours gets one of theirs, and none of theirs is left."""
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
