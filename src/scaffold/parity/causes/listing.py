"""List the calls that ours is made of, by making one call of it and looking on."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from scaffold.parity.causes.passages import Passage, begun, ended
from scaffold.parity.causes.site import Site
from scaffold.parity.causes.trial import UNCHANGED
from scaffold.parity.causes.watch import Watch
from scaffold.trace.replay import default_dtype

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.parity.causes.bench import Bench
    from scaffold.parity.causes.trial import Sample
    from scaffold.parity.causes.watch import Made

LOOP = 4
"""Calls of one line from which on they are taken for a loop; query, key and value are three."""
ELEMENTS, PRODUCTS = 30_000.0, 250_000.0
"""Elements, and products of two numbers, that take about as long as a call of no size."""
TICK = 1e-7
_HERE = Path(__file__).parent
_TORCH = Path(torch.__file__).parent


def lay_out(bench: Bench, sample: Sample) -> None:
    """Fill in which calls ours makes, which submodules it passes, what it reads, what it costs."""
    from scaffold.parity.causes.bench import Run  # noqa: PLC0415 - the bench lists itself

    sites: list[Site] = []
    read: set[str] = set()
    running: list[Passage] = []
    hooks = []
    ticks = count()

    def now() -> float:
        """Beginnings and endings of submodules between two calls still follow each other."""
        return len(sites) + next(ticks) * TICK

    def see(made: Made, number: int, output: Any) -> None:  # noqa: ANN401
        bench.calls += 1
        bench.effort += effort_of(made, output)
        read.update(bench.name_of(value) for value in flat(made.args, made.kwargs))
        if running and running[-1].inner:
            return
        module = running[-1].path if running else ""
        sites.append(Site(made, number, len(sites), output, module, _source()))

    for path, module in bench.submodules.items():
        proved = path in bench.proved

        def before(
            _module: Any,  # noqa: ANN401
            args: Any,  # noqa: ANN401
            kwargs: Any,  # noqa: ANN401
            path: str = path,
            proved: bool = proved,  # noqa: FBT001
        ) -> None:
            passage = begun(path, now(), args, kwargs)
            within = bool(running) and running[-1].inner
            passage.inner = proved or within
            if not within:
                bench.passages.append(passage)
            running.append(passage)

        def after(_module: Any, _args: Any, output: Any, path: str = path) -> None:  # noqa: ANN401
            passage = running.pop()
            ended(passage, now(), output)
            bench.called[path] = passage.same_shape and bench.called.get(path, True)

        hooks += [
            module.register_forward_pre_hook(before, with_kwargs=True),
            module.register_forward_hook(after),
        ]
    state = bench.states[torch.float64]
    try:
        with default_dtype(torch.float64):
            run = Run(UNCHANGED, sample, torch.float64, state, 0)
            bench.call(run, Watch(state, {}, see=see, wide=True))
    finally:
        for hook in hooks:
            hook.remove()
    bench.read = frozenset(read)
    bench.sites = _once(bench, sites)


def flat(*values: object) -> Iterator[Tensor]:
    """Yield every tensor among arguments, and what a view looks at."""
    for value in values:
        if isinstance(value, dict):
            yield from flat(*value.values())
        elif isinstance(value, list | tuple):
            yield from flat(*value)
        elif isinstance(value, Tensor):
            yield value
            if value._base is not None:  # noqa: SLF001 - the tensor that a view looks at
                yield value._base  # noqa: SLF001


def effort_of(made: Made, output: Any) -> float:  # noqa: ANN401 - whatever the call gives
    """Return about how many calls of no size one call takes as long as, from shapes alone."""
    numbers = sum(leaf.numel() for leaf in flat(made.args, output))
    products = 0
    first = made.args[0] if made.args else None
    weight = made.value("weight")
    if isinstance(weight, Tensor) and isinstance(output, Tensor) and weight.ndim > 1:
        linear = made.op == "linear"
        products = output.numel() * (weight.shape[1] if linear else weight[0].numel())
        products = 0 if made.op == "embedding" else products
    elif made.op in ("matmul", "bmm", "mm", "einsum") and isinstance(first, Tensor) and first.ndim:
        products = output.numel() * first.shape[-1] if isinstance(output, Tensor) else 0
    return 1.0 + numbers / ELEMENTS + products / PRODUCTS


def _once(bench: Bench, sites: list[Site]) -> tuple[Site, ...]:
    """Keep the first of calls that one line of a loop makes: a wrong line is wrong each time."""
    lines: dict[tuple[str, str, str], list[Site]] = {}
    for site in sites:
        lines.setdefault((site.op, site.module, site.source), []).append(site)
    kept = []
    for (_, module, source), same in lines.items():
        if len(same) >= LOOP and (module or source):
            bench.repeats[same[0].key] = tuple(site.key for site in same)
            kept.append(same[0])
        else:
            kept += same
    return tuple(sorted(kept, key=lambda site: site.order))


def _source() -> str:
    """Return where in the author's code the call stands."""
    frame = sys._getframe(2)  # noqa: SLF001 - the only way to a caller's line without a traceback
    while frame is not None:
        file = Path(frame.f_code.co_filename)
        if not file.is_relative_to(_HERE) and not file.is_relative_to(_TORCH):
            return f"{file.name}:{frame.f_lineno}"
        if file.name == "module.py" and frame.f_code.co_name == "_call_impl":
            break
        frame = frame.f_back  # type: ignore[assignment]
    return ""
