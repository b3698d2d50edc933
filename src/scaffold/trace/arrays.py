"""Give a tensor the form in which it is stored: an array on the CPU, dense, and known to numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


def stored(value: Tensor) -> np.ndarray:
    """Give the numbers of a tensor; bfloat16 becomes float32, which holds every value of it.

    Raises:
        TypeError: numpy has no such dtype.
        RuntimeError: The layout has no dense form.
    """
    plain = value.detach().cpu()
    if plain.layout is not torch.strided:
        plain = plain.to_dense()
    array: np.ndarray = (plain.float() if plain.dtype is torch.bfloat16 else plain).numpy()
    return array


def like(golden: Tensor, leaf: object) -> Tensor:
    """Give a golden the dtype and layout that were lost when it was stored, as `leaf` has them."""
    if not isinstance(leaf, torch.Tensor):
        return golden
    if leaf.dtype is torch.bfloat16 and golden.dtype is torch.float32:
        golden = golden.to(torch.bfloat16)
    if leaf.layout is not torch.strided and golden.layout is torch.strided:
        golden = golden.to_sparse(layout=leaf.layout)
    return golden
