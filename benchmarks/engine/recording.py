"""What recording a forward pass costs: in memory, and hashed and written.

The floor is the plain pass and one copy of every tensor that is kept (equal content counted once),
into memory that is new, as kept memory has to be. The strict floor copies into memory that was
written to before, which no recorder can do in its first run.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from benchmarks.engine.clock import interleaved, ratio
from benchmarks.engine.models import built
from scaffold.golden import Writer, digest
from scaffold.reference.record import _write
from scaffold.trace.forward import traced
from scaffold.trace.replay import without_fused_attention

if TYPE_CHECKING:
    from collections.abc import Callable

FEW = 3
"""Rounds of the peers, which are slow."""


def measured(name: str, rounds: int, *, peers: bool = True) -> dict[str, Any]:
    """Measure one model; all times of a round belong together."""
    model, given = built(name)
    kept = _kept(model, given)
    warm = [torch.empty_like(leaf) for leaf in kept]
    place = Path(tempfile.mkdtemp(prefix="engine-"))
    subjects: dict[str, Callable[[], object]] = {
        "plain": partial(_plain, model, given),
        "fused": partial(_plain, model, given, fused=True),
        "copy": lambda: [leaf.clone() for leaf in kept],
        "warm copy": lambda: [into.copy_(leaf) for into, leaf in zip(warm, kept, strict=True)],
        "traced": lambda: traced(model, [given]),
        "written": partial(_written, model, given, place / "ours"),
    }
    times = interleaved(subjects, rounds)
    # Peers leave wrappers on modules and functions of torch behind, so they come last, with a
    # plain pass of their own.
    others = _peers(model, given, place) if peers else {}
    failed = {}
    for peer, run in list(others.items()):
        try:
            run()
        except Exception as error:
            failed[peer] = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
            del others[peer]
    beside = interleaved({**others, "plain": subjects["plain"], "copy": subjects["copy"]}, FEW)
    shutil.rmtree(place, ignore_errors=True)
    floor = (times["plain"], times["copy"])
    return {
        "model": name,
        "parts": sum(1 for _ in model.modules()),
        "megabytes": sum(leaf.nbytes for leaf in kept) / 1e6,
        "times": {one: min(found.wall) for one, found in times.items()},
        "memory": ratio(times["traced"], floor),
        "memory cpu": ratio(times["traced"], floor, cpu=True),
        "memory fused": ratio(times["traced"], (times["fused"], times["copy"])),
        "memory strict": ratio(times["traced"], (times["plain"], times["warm copy"])),
        "written": ratio(times["written"], floor),
        "peers": {peer: ratio(beside[peer], (beside["plain"], beside["copy"])) for peer in others},
        "failed": failed,
    }


def _plain(model: nn.Module, given: Tensor, *, fused: bool = False) -> object:
    with torch.no_grad():
        if fused:
            return model(given)
        with without_fused_attention():
            return model(given)


def _kept(model: nn.Module, given: Tensor) -> list[Tensor]:
    """Give every tensor that a recorder has to keep, equal ones once."""
    trace = traced(model, [given])
    sides = [side for call in trace.calls for side in (call.inputs, call.outputs)]
    leaves = {id(leaf): leaf for side in sides for leaf in side.values() if _is_tensor(leaf)}
    distinct = {digest.of_array(leaf.numpy()): leaf for leaf in leaves.values()}
    return [leaf.clone() for leaf in distinct.values()]


def _is_tensor(leaf: object) -> bool:
    return isinstance(leaf, Tensor)


def _written(model: nn.Module, given: Tensor, folder: Path) -> Path:
    writer = Writer()
    _write(traced(model, [given]), "normal", writer, {})
    return writer.write(folder)


def _peers(model: nn.Module, given: Tensor, place: Path) -> dict[str, Callable[[], object]]:
    """Give what people use today, as far as it is installed, in the setting that keeps tensors."""
    found: dict[str, Callable[[], object]] = {}
    with suppress(ImportError):
        import torchlens

        found["TorchLens (memory)"] = lambda: _without_gradients(
            lambda: torchlens.trace(model, (given,))
        )
    with suppress(ImportError):
        from transformers.model_debugging_utils import model_addition_debugger_context

        def debugged() -> None:
            folder = place / "debugger"
            shutil.rmtree(folder, ignore_errors=True)
            with model_addition_debugger_context(
                model, debug_path=str(folder), do_prune_layers=False, use_repr=False
            ):
                model.forward(given)

        found["transformers' debugger (disk)"] = debugged
    with suppress(ImportError):
        from msprobe.pytorch import PrecisionDebugger

        def dumped() -> None:
            folder = place / "msprobe"
            debugger = PrecisionDebugger(task="tensor", dump_path=str(folder), level="L0")
            debugger.start(model=model)
            with torch.no_grad():
                model(given)
            debugger.stop()
            debugger.step()

        found["mindstudio-probe (disk)"] = dumped
    return found


def _without_gradients(run: Callable[[], object]) -> object:
    with torch.no_grad():
        return run()
