"""The network: ours where it is written, the reference's own parts where it is not."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.house.parts import PARTS, read_parts
from scaffold.reference.hybrid.positional import positional

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

ROOT = Path(__file__).resolve().parents[3]
"""The repository."""
INPUTS = ["input_ids", "attention_mask"]
"""The parameters of `forward` that the inputs of a batch are for, in this order: by their names, or packed."""


def network(*, size: str, arguments: Mapping[str, Any]) -> nn.Module:
    """Build the network with fresh weights.

    Args:
        size: `full` or `twin`.
        arguments: The effective arguments of the model, as `configs/model` has them.
    """
    parts = read_parts(ROOT / PARTS)
    if parts.delegates:
        # Only now: with the last class written, nothing of the reference is imported any more.
        from scaffold.reference.hybrid.network import delegated  # noqa: PLC0415

        adapter = ROOT / "reference" / "adapter.py"
        return delegated(parts, adapter, package=__package__ or "", arguments=arguments, size=size)
    kind = getattr(import_module(f".{parts.root.module}", __package__), parts.root.name)
    return positional(kind(**arguments), INPUTS)
