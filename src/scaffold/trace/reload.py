"""Load other weights into a model that has run, so that nothing stays of the older ones."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn


def load(model: nn.Module, state: Mapping[str, Tensor], *, strict: bool = True) -> None:
    """Load weights under the version marks of the model's own parts.

    A dictionary of tensors has none, and a part may take it for an older form of its weights
    (torchvision's MNASNet refuses it).
    """
    own = OrderedDict(state)
    versions = model.state_dict()._metadata  # type: ignore[attr-defined] # noqa: SLF001 - torch's way
    own._metadata = versions  # type: ignore[attr-defined] # noqa: SLF001 - likewise
    model.load_state_dict(own, strict=strict)


def reload(model: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Load weights strictly, and let the model forget what it computed of those before."""
    load(model, state)
    forget(model)


def forget(model: nn.Module) -> None:
    """Let a model forget what it computed of its weights, in whatever precision.

    Some models keep such tensors while they evaluate (timm's LeViT, TinyViT and EfficientFormer a
    bias of their attention) until they are put into training mode. The mode of every part stays.
    """
    modes = [(part, part.training) for part in model.modules()]
    model.train()
    for part, training in modes:
        part.training = training
