"""See the gradient that reaches every part, and pull it back through one part alone.

Only tensor hooks are used: a hook on a module's backward pass would change the order in which
gradients are summed, and with it their last bits.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from scaffold.trace.alone import copied, given
from scaffold.trace.replay import default_dtype, without_fused_attention
from scaffold.trace.swap import all_leaves, swapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch.utils.hooks import RemovableHandle

    Place = tuple[str, int]
    """A part, and which of its calls."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulled:
    """What flows back out of a part."""

    inputs: dict[str, Tensor]
    """By the path of the input; positions first, then keywords."""
    parameters: dict[str, Tensor]
    """By the name in the part, those of the parts within it too."""


@contextmanager
def cotangents(model: nn.Module) -> Iterator[dict[Place, dict[str, Tensor]]]:
    """Collect, while the block runs forward and backward, what reaches each output of each part.

    The dictionary fills during the backward pass. An output that no gradient reaches has no entry.
    """
    found: dict[Place, dict[str, Tensor]] = {}
    counts: dict[str, int] = {}
    hooks: list[RemovableHandle] = []

    def watch(leaf: Tensor, place: Place, path: str) -> None:
        def keep(gradient: Tensor) -> None:
            found.setdefault(place, {})[path] = gradient.detach().clone()

        hooks.append(leaf.register_hook(keep))  # type: ignore[no-untyped-call] # torch leaves it

    def after(part: str) -> Any:  # noqa: ANN401 - a hook
        def hook(_module: nn.Module, _args: object, output: object) -> None:
            place = (part, counts.get(part, 0))
            counts[part] = place[1] + 1
            for path, leaf in all_leaves(output).items():
                if isinstance(leaf, Tensor) and leaf.requires_grad:
                    watch(leaf, place, path)

        return hook

    for part, module in model.named_modules():
        hooks.append(module.register_forward_hook(after(part)))
    try:
        with without_fused_attention():
            yield found
    finally:
        for one in hooks:
            one.remove()


def pulled_alone(
    part: nn.Module,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    cotangent: Mapping[str, Tensor],
    *,
    dtype: torch.dtype | None = None,
    turn: int = 0,
) -> Pulled:
    """Pull a cotangent back through one part, to its inputs and parameters.

    What the outputs do not depend on has a gradient of zeros. The part itself is left alone.

    Args:
        part: In the mode to run in.
        args: Positional arguments.
        kwargs: Keyword arguments.
        cotangent: One tensor per output that counts, by its path.
        dtype: The precision to compute in; None leaves everything as it is.
        turn: When not 0, weights, inputs and cotangent are moved by one unit round-off.
    """
    spent = copied(part, dtype=dtype, turn=turn)
    wanted = {name: value for name, value in spent.named_parameters() if value.requires_grad}
    asked: dict[str, Tensor] = {}

    def ask(path: str, leaf: object) -> object:
        if not isinstance(leaf, Tensor) or not leaf.is_floating_point():
            return leaf
        asked[path] = leaf.requires_grad_()
        return asked[path].clone()  # a part may work in place on what it gets

    taken = given(tuple(args), dtype=dtype, turn=turn), given(dict(kwargs), dtype=dtype, turn=turn)
    moved = given(dict(cotangent), dtype=dtype, turn=turn)
    with (
        torch.enable_grad(),
        without_fused_attention(),
        default_dtype(dtype or torch.get_default_dtype()),
    ):
        positions, keywords = (swapped(value, ask) for value in taken)
        outputs = all_leaves(spent(*positions, **keywords))
    ends = {
        path: value
        for path, value in outputs.items()
        if path in moved and isinstance(value, Tensor) and _flows(value)
    }
    sources = [*wanted.values(), *asked.values()]
    if ends and sources:
        found = torch.autograd.grad(
            list(ends.values()),
            sources,
            [moved[path].to(ends[path].dtype).reshape(ends[path].shape) for path in ends],
            allow_unused=True,
            materialize_grads=True,
        )
    else:
        found = tuple(torch.zeros_like(value) for value in sources)
    names = iter(found)
    parameters = {name: next(names) for name in wanted}
    return Pulled(parameters=parameters, inputs={path: next(names) for path in asked})


def _flows(value: Tensor) -> bool:
    return value.requires_grad and value.layout is torch.strided
