"""Find the parameters of ours that its output depends on, whoever computes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.func import functional_call
from torch.overrides import TorchFunctionMode

from scaffold.trace.replay import without_fused_attention
from scaffold.trace.swap import all_leaves

if TYPE_CHECKING:
    from torch import nn


def used_parameters(model: nn.Module, inputs: tuple[Tensor, ...]) -> frozenset[str]:
    """Give the names of the parameters from which a gradient can reach the output.

    Where no gradient is kept, since every parameter is frozen or the model runs in inference mode,
    it is those that some call of torch is given. What cannot be said (single frozen parameters, a
    model that raises) counts as not used. The model stays as it is, its gradients and buffers too.
    """
    learns = {
        name: value
        for name, value in model.named_parameters(remove_duplicate=False)
        if value.requires_grad
    }
    buffers = {name: value.clone() for name, value in model.named_buffers()}
    try:
        with torch.enable_grad(), without_fused_attention():
            output = functional_call(model, buffers, inputs)
            ends = [
                leaf
                for leaf in all_leaves(output).values()
                if isinstance(leaf, Tensor) and leaf.requires_grad
            ]
            if not ends:
                return _read(model, {**learns, **buffers}, inputs)
            found: tuple[Tensor | None, ...] = torch.autograd.grad(
                ends,
                list(learns.values()),
                [torch.ones_like(end) for end in ends],
                allow_unused=True,
            )
    except Exception:  # noqa: BLE001 - a model that raises is judged part by part
        return frozenset()
    return frozenset(
        name for name, gradient in zip(learns, found, strict=True) if gradient is not None
    )


class _Reader(TorchFunctionMode):
    """Note which tensors the calls of torch are given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: set[int] = set()

    def __torch_function__(
        self,
        func: Any,  # noqa: ANN401 - the protocol names it
        types: Any,  # noqa: ANN401
        args: Any = (),  # noqa: ANN401
        kwargs: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        leaves = all_leaves((args, kwargs or {})).values()
        self.given |= {id(leaf) for leaf in leaves if isinstance(leaf, Tensor)}
        return func(*args, **(kwargs or {}))


def _read(
    model: nn.Module, tensors: dict[str, Tensor], inputs: tuple[Tensor, ...]
) -> frozenset[str]:
    with _Reader() as reader:
        functional_call(model, tensors, inputs)
    return frozenset(
        name
        for name, value in model.named_parameters(remove_duplicate=False)
        if id(tensors.get(name)) in reader.given or id(value) in reader.given
    )
