"""Run a torch module and see every call: what went in, what came out, in which order.

The recorder only looks. It keeps copies of what goes in and of what comes out, because in-place
operations change what it has seen; what one part hands to the next untouched is kept once
(`trace.keep`). Its hooks return None, because anything else would replace the output; and it hooks
no backward pass, because that would change the order in which gradients are summed.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from scaffold.core.errors import ScaffoldError
from scaffold.trace.keep import Keeper
from scaffold.trace.replay import run, without_fused_attention
from scaffold.trace.swap import all_leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from torch import Tensor


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One call of one part.

    `order` and `done` come from one counter over all beginnings and endings, so that they give
    the nesting of calls as well as their sequence. Tensors are shared between the calls that saw
    the same ones, so nobody may write into them.
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


def _nothing() -> None:
    return


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
    release: Callable[[], None] = field(default=_nothing, repr=False, compare=False)
    """Give the memory back that was filled by looking at tensors that are on disk."""
    _at: dict[str, dict[int, Call]] = field(init=False, repr=False, compare=False)
    """The calls by part and number; a part is looked up as often as it has calls and probes."""

    def __post_init__(self) -> None:
        at: dict[str, dict[int, Call]] = {}
        for call in self.calls:
            at.setdefault(call.part, {}).setdefault(call.call, call)
        object.__setattr__(self, "_at", at)

    def find(self, part: str, call: int = 0) -> Call | None:
        """Give one call of a part, None when it did not happen."""
        return self._at.get(part, {}).get(call)

    def count(self, part: str) -> int:
        """Say how often a part was called."""
        return len(self._at.get(part, ()))


def traced(
    model: nn.Module,
    inputs: Sequence[Tensor],
    *,
    dtype: torch.dtype | None = None,
    turn: int = 0,
    on_disk: bool = False,
) -> Trace:
    """Run a model on inputs and record every call of every part.

    Args:
        model: Run as it is: its mode, its weights. Nothing about it is changed.
        inputs: The positional inputs.
        dtype: Compute in this precision, on copies of the weights.
        turn: Move weights and inputs by one unit round-off, as in `replay.run`.
        on_disk: Keep large tensors in a temporary file, so that memory holds what is looked at.
    """
    failure, inside, leaks = "", tuple[str, ...](), tuple[str, ...]()
    recorder = _Recorder(Keeper(on_disk=on_disk))
    with _hooked(model, recorder):
        try:
            done = run(model, tuple(inputs), {}, dtype=dtype, turn=turn, restart=recorder.restart)
            leaks = done.leaks
        except Exception as error:  # noqa: BLE001 - whatever the model raises is a finding
            failure = f"{type(error).__name__}: {error}"
            inside = recorder.running
    calls = tuple(sorted(recorder.calls, key=_order))
    release = recorder.release
    release()
    return Trace(calls=calls, failure=failure, inside=inside, leaks=leaks, release=release)


@contextmanager
def watched(model: nn.Module, *, keeper: Keeper | None = None) -> Iterator[list[Call]]:
    """Record every call of every part while the block runs; calls appear when they have ended.

    A part that the model holds under several names is recorded under the first of them.

    Args:
        model: Run as it is.
        keeper: Keeps what is seen; by default whole copies, in memory.
    """
    recorder = _Recorder(keeper or Keeper())
    with _hooked(model, recorder):
        yield recorder.calls


@contextmanager
def _hooked(model: nn.Module, recorder: _Recorder) -> Iterator[None]:
    named = tuple(model.named_modules())
    _refuse_compiled(named)
    hooks = []
    for part, module in named:
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
    _refuse_compiled(model.named_modules())


def _refuse_compiled(named: Iterable[tuple[str, nn.Module]]) -> None:
    for part, module in named:
        compiled = "_orig_mod" in module._modules or module._compiled_call_impl is not None  # noqa: SLF001 - torch has no public question
        if compiled or isinstance(module, torch.jit.ScriptModule):
            raise ScaffoldError(
                "is compiled, and the calls inside a compiled part cannot be seen",
                where=part or type(module).__name__,
                remedy="compare the eager model first: leave out torch.compile or torch.jit",
            )


class _Recorder:
    """The state that the hooks of one run share."""

    def __init__(self, keeper: Keeper) -> None:
        self.calls: list[Call] = []
        self._keeper = keeper
        self.restart()

    def restart(self) -> None:
        """Forget a run that is made again."""
        self.calls.clear()
        self._clock = 0
        self._counts: dict[str, int] = {}
        self._open: list[tuple[str, int, int, Any, Any]] = []

    def release(self) -> None:
        self._keeper.release()

    @property
    def running(self) -> tuple[str, ...]:
        return tuple(part for part, *_ in self._open)

    def hooks_for(self, part: str) -> tuple[Any, Any]:
        kept = self._keeper.kept

        def before(_module: nn.Module, args: Any, kwargs: Any) -> None:  # noqa: ANN401
            call = self._counts.get(part, 0)
            self._counts[part] = call + 1
            self._open.append((part, call, self._tick(), kept(args), kept(kwargs)))

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
                    output=kept(output),
                )
            )

        return before, after

    def _tick(self) -> int:
        self._clock += 1
        return self._clock - 1


def _order(call: Call) -> int:
    return call.order
