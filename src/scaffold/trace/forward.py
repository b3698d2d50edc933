"""Run a torch module and see every call: what went in, what came out, in which order.

The recorder only looks. It clones before and after a call, because in-place operations change
what it has seen; its hooks return None, because anything else would replace the output; and it
hooks no backward pass, because that would change the order in which gradients are summed.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from scaffold.core.errors import ScaffoldError
from scaffold.trace.replay import run, without_fused_attention
from scaffold.trace.swap import all_leaves, frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One call of one part.

    `order` and `done` come from one counter over all beginnings and endings, so that they give
    the nesting of calls as well as their sequence.
    """

    part: str
    kind: str
    call: int
    order: int
    done: int
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    output: Any

    @property
    def inputs(self) -> dict[str, object]:
        """Every leaf that went in, by path: positions first, then keywords."""
        return {**all_leaves(self.args), **all_leaves(self.kwargs)}

    @property
    def outputs(self) -> dict[str, object]:
        """Every leaf that came out, by path; a bare tensor has the path `""`."""
        return all_leaves(self.output)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """The calls of one run in the order in which they began, and how the run ended."""

    calls: tuple[Call, ...]
    failure: str = ""
    """What the run raised; the calls that had ended before are there all the same."""
    inside: tuple[str, ...] = ()
    """The parts that were running when the run raised, the innermost last."""
    leaks: tuple[str, ...] = ()
    """Operations that fell out of the precision that was asked for."""

    def find(self, part: str, call: int = 0) -> Call | None:
        """Give one call of a part, None when it did not happen."""
        return next((c for c in self.calls if c.part == part and c.call == call), None)

    def count(self, part: str) -> int:
        """Say how often a part was called."""
        return sum(call.part == part for call in self.calls)


def traced(
    model: nn.Module,
    inputs: Sequence[Tensor],
    *,
    dtype: torch.dtype | None = None,
    turn: int = 0,
) -> Trace:
    """Run a model on inputs and record every call of every part.

    Args:
        model: Run as it is: its mode, its weights. Nothing about it is changed.
        inputs: The positional inputs.
        dtype: Compute in this precision, on copies of the weights.
        turn: Move weights and inputs by one unit round-off, as in `replay.run`.
    """
    failure, inside, leaks = "", tuple[str, ...](), tuple[str, ...]()
    recorder = _Recorder()
    with _hooked(model, recorder):
        try:
            leaks = run(model, tuple(inputs), {}, dtype=dtype, turn=turn).leaks
        except Exception as error:  # noqa: BLE001 - whatever the model raises is a finding
            failure = f"{type(error).__name__}: {error}"
            inside = recorder.running
    calls = tuple(sorted(recorder.calls, key=_order))
    return Trace(calls=calls, failure=failure, inside=inside, leaks=leaks)


@contextmanager
def watched(model: nn.Module) -> Iterator[list[Call]]:
    """Record every call of every part while the block runs; calls appear when they have ended.

    A part that the model holds under several names is recorded under the first of them.
    """
    recorder = _Recorder()
    with _hooked(model, recorder):
        yield recorder.calls


@contextmanager
def _hooked(model: nn.Module, recorder: _Recorder) -> Iterator[None]:
    refuse_compiled(model)
    hooks = []
    for part, module in model.named_modules():
        before, after = recorder.hooks_for(part)
        hooks.append(module.register_forward_pre_hook(before, with_kwargs=True))
        hooks.append(module.register_forward_hook(after, with_kwargs=True))
    try:
        with without_fused_attention():
            yield
    finally:
        for hook in hooks:
            hook.remove()


def refuse_compiled(model: nn.Module) -> None:
    """Raise for a model whose parts cannot be seen.

    Raises:
        ScaffoldError: The model, or a part of it, is compiled or scripted.
    """
    for part, module in model.named_modules():
        compiled = hasattr(module, "_orig_mod") or module._compiled_call_impl is not None  # noqa: SLF001 - torch has no public question
        if compiled or isinstance(module, torch.jit.ScriptModule):
            raise ScaffoldError(
                "is compiled, and the calls inside a compiled part cannot be seen",
                where=part or type(module).__name__,
                remedy="compare the eager model first: leave out torch.compile or torch.jit",
            )


class _Recorder:
    """The state that the hooks of one run share."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._clock = 0
        self._counts: dict[str, int] = {}
        self._open: list[tuple[str, int, int, Any, Any]] = []

    @property
    def running(self) -> tuple[str, ...]:
        return tuple(part for part, *_ in self._open)

    def hooks_for(self, part: str) -> tuple[Any, Any]:
        def before(_module: nn.Module, args: Any, kwargs: Any) -> None:  # noqa: ANN401
            call = self._counts.get(part, 0)
            self._counts[part] = call + 1
            self._open.append((part, call, self._tick(), frozen(args), frozen(kwargs)))

        def after(module: nn.Module, _args: Any, _kwargs: Any, output: Any) -> None:  # noqa: ANN401
            # A call that raised and was caught by the model never ended: drop what it left open.
            while self._open[-1][0] != part:
                self._open.pop()
            _, call, order, args, kwargs = self._open.pop()
            self.calls.append(
                Call(
                    part=part,
                    kind=type(module).__name__,
                    call=call,
                    order=order,
                    done=self._tick(),
                    args=args,
                    kwargs=kwargs,
                    output=frozen(output),
                )
            )

        return before, after

    def _tick(self) -> int:
        self._clock += 1
        return self._clock - 1


def _order(call: Call) -> int:
    return call.order
