"""Describe what a reference is made of: its parts, where their code stands, how tensors lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from scaffold.reference.source import place_of

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn


def parts_table(model: nn.Module, counts: dict[str, int], home: Path) -> list[dict[str, Any]]:
    """Give a row for every part in the order of registration, the model itself first.

    Args:
        model: Theirs.
        counts: How often each part was called, on the probe on which it was called most.
        home: The adapter's folder, from which places in its own files are named.
    """
    names: dict[int, list[str]] = {}
    for name, module in model.named_modules(remove_duplicate=False):
        names.setdefault(id(module), []).append(name)
    return [
        {
            "part": part,
            "kind": type(module).__name__,
            "calls": counts.get(part, 0),
            "parameters": sum(p.numel() for p in module.parameters(recurse=False)),
            "aliases": names[id(module)][1:],
            "source": place_of(type(module), home),
        }
        for part, module in model.named_modules()
    ]


def layout(leaf: Tensor) -> str:
    """Name how a tensor lies in memory where that is not row by row; empty where it is.

    A transposed tensor is stored row by row all the same; its layout says in which order its axes
    lay, the slowest first: `0231` is channels last.
    """
    if leaf.layout is not torch.strided or leaf.is_contiguous():
        return ""
    strides = leaf.stride()
    axes = sorted(range(leaf.dim()), key=lambda axis: -strides[axis])
    lies = "".join(map(str, axes)) if leaf.dim() <= 10 else ",".join(map(str, axes))  # noqa: PLR2004 - digits
    return f"{lies} expanded" if 0 in strides else lies
