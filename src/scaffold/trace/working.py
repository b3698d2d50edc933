"""Run a model as it will be used: in a working precision, compiled, exported, on a device.

And run it in float64 with the roundings of a precision put in by hand, to see what rounding alone
does to it there: the noise floor.
"""

from __future__ import annotations

import copy
import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from scaffold.core.errors import ScaffoldError
from scaffold.trace.forward import Call, watched
from scaffold.trace.nest import leaves
from scaffold.trace.replay import default_dtype
from scaffold.trace.streams import signs
from scaffold.trace.swap import cast_leaf, swapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Inputs = Sequence[Tensor]

UNITS = {
    "float32": float(torch.finfo(torch.float32).eps) / 2,
    "bfloat16": float(torch.finfo(torch.bfloat16).eps) / 2,
    "float16": float(torch.finfo(torch.float16).eps) / 2,
}
"""Unit round-off of each precision."""


def unit_of(mode: str) -> float:
    """Give the unit round-off that a mode works with; compiled and exported models keep float32."""
    return UNITS.get(mode, UNITS["float32"])


def ran(model: nn.Module, inputs: Inputs, mode: str) -> dict[str, Tensor]:
    """Give the leaves of the output of one mode, in float32, on the CPU.

    Args:
        model: In float32 and in eval mode; it stays as it is.
        inputs: The positional inputs.
        mode: One of `MODES`.

    Raises:
        ScaffoldError: The mode does not exist, or cannot be had here; it says why.
    """
    if mode not in MODES:
        raise ScaffoldError(
            f"there is no way to run a model called {mode!r}",
            where="precision",
            remedy=f"name one of {', '.join(MODES)}",
        )
    with torch.no_grad():
        output = MODES[mode](copy.deepcopy(model), tuple(value.clone() for value in inputs))
    return {path: cast_leaf(leaf.cpu(), torch.float32) for path, leaf in leaves(output).items()}


def rounded(model: nn.Module, inputs: Inputs, unit: float, turn: int) -> list[Call]:
    """Run a model in float64 with one rounding of size `unit` after every part, and on all weights.

    Args:
        model: In float32; it stays as it is.
        inputs: The positional inputs; floating ones are rounded too.
        unit: Unit round-off of the precision to imitate.
        turn: Which way each rounding goes; 0 rounds nothing and gives the exact run.
    """

    def moved(value: Any, *path: object) -> Any:  # noqa: ANN401 - a leaf that is no number stays
        if not isinstance(value, Tensor) or not value.is_floating_point():
            return value
        wide = value.double()
        return wide * (1.0 + unit * signs(value.shape, turn, *path)) if turn else wide

    state = dict(model.named_parameters()) | dict(model.named_buffers())
    moved_state = {name: moved(value, "state", name) for name, value in state.items()}
    given = tuple(moved(value, "input", place) for place, value in enumerate(inputs))
    with ExitStack() as stack:
        stack.enter_context(torch.no_grad())
        stack.enter_context(default_dtype(torch.float64))
        stack.enter_context(_after_each_part(model, moved))
        calls = stack.enter_context(watched(model))
        functional_call(model, moved_state, given)
    return calls


@contextmanager
def _after_each_part(model: nn.Module, moved: Callable[..., Any]) -> Iterator[None]:
    count: dict[str, int] = {}

    def hook_for(part: str) -> Callable[..., Any]:
        def hook(_module: nn.Module, _args: object, output: object) -> Any:  # noqa: ANN401
            count[part] = count.get(part, 0) + 1
            return swapped(output, lambda path, leaf: moved(leaf, part, count[part], path))

        return hook

    hooks = [module.register_forward_hook(hook_for(part)) for part, module in model.named_modules()]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _float32(model: nn.Module, inputs: tuple[Tensor, ...]) -> Any:  # noqa: ANN401 - an output
    """Run on all cores with torch's own kernels, as training and serving do."""
    threads = torch.get_num_threads()
    torch.set_num_threads(max(2, os.cpu_count() or 2))
    try:
        return model(*inputs)
    finally:
        torch.set_num_threads(threads)


def _autocast(dtype: torch.dtype) -> Callable[[nn.Module, tuple[Tensor, ...]], Any]:
    def run(model: nn.Module, inputs: tuple[Tensor, ...]) -> Any:  # noqa: ANN401 - an output
        with torch.autocast("cpu", dtype=dtype):
            return model(*inputs)

    return run


def _compiled(model: nn.Module, inputs: tuple[Tensor, ...]) -> Any:  # noqa: ANN401 - an output
    return torch.compile(model)(*inputs)


def _exported(model: nn.Module, inputs: tuple[Tensor, ...]) -> Any:  # noqa: ANN401 - an output
    return torch.export.export(model, inputs, strict=False).module()(*inputs)


def _cuda(model: nn.Module, inputs: tuple[Tensor, ...]) -> Any:  # noqa: ANN401 - an output
    if not torch.cuda.is_available():
        raise ScaffoldError(
            "there is no CUDA device here",
            where="precision cuda",
            remedy="compare where there is one, or leave this precision out",
        )
    return model.cuda()(*(value.cuda() for value in inputs))


MODES: Mapping[str, Callable[[nn.Module, tuple[Tensor, ...]], Any]] = {
    "float32": _float32,
    "bfloat16": _autocast(torch.bfloat16),
    "float16": _autocast(torch.float16),
    "compiled": _compiled,
    "exported": _exported,
    "cuda": _cuda,
}
"""The ways to run a model, by name."""
EAGER = {"bfloat16": torch.bfloat16, "float16": torch.float16}
"""Modes in which every part can be watched, with what autocast works in."""
