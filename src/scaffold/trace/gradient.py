"""Pull a cotangent back through a model: one gradient per parameter and input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from scaffold.core.errors import ScaffoldError
from scaffold.trace.nest import leaves

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor, nn


def pulled(
    model: nn.Module, inputs: Sequence[Tensor], cotangent: Mapping[str, Tensor]
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return d<cotangent, output> by parameter name and by input position, in eval mode.

    A parameter or input that the output does not depend on has a gradient of zeros.

    Args:
        model: In the dtype to compute in.
        inputs: The positional inputs; floating ones are cast to the model's dtype.
        cotangent: One tensor per leaf of the output, by its path (see `nest.leaves`).
    """
    parameters = dict(model.named_parameters())
    dtype = next((value.dtype for value in parameters.values()), torch.float32)
    given = [
        value.detach().to(dtype).requires_grad_() if value.is_floating_point() else value
        for value in inputs
    ]
    model.eval()
    with torch.enable_grad():
        output = {
            path: leaf for path, leaf in leaves(model(*given)).items() if leaf.is_floating_point()
        }
        if output.keys() != cotangent.keys():
            raise ScaffoldError(
                f"the output has the leaves {sorted(output)}, recorded are {sorted(cotangent)}",
                where="gradient",
                remedy="return what the reference returns, in the same structure",
            )
        product = torch.zeros((), dtype=dtype)
        for path, value in output.items():
            product = product + (value * cotangent[path].to(value.dtype)).sum()
    wanted = {name: value for name, value in parameters.items() if value.requires_grad}
    floating = {str(i): value for i, value in enumerate(given) if value.requires_grad}
    sources = [*wanted.values(), *floating.values()]
    found: tuple[Tensor, ...] = tuple(torch.zeros_like(value) for value in sources)
    if product.requires_grad and sources:
        found = torch.autograd.grad(product, sources, materialize_grads=True, allow_unused=True)
    names = iter(found)
    return {name: next(names) for name in wanted}, {place: next(names) for place in floating}
