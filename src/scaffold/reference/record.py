"""Record what a reference does into a bundle, so that comparing needs no reference."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor, nn

from scaffold.core.errors import ScaffoldError
from scaffold.golden import Bundle, Writer
from scaffold.reference import rungs
from scaffold.reference.perturb import (
    CONSTANT,
    JITTER,
    every_part_alive,
    perturbed,
    still_parts,
)
from scaffold.reference.probes import Probe, probes
from scaffold.reference.provenance import provenance, weights_hash
from scaffold.reference.recording import Recording
from scaffold.reference.refusal import refuse_unfit
from scaffold.reference.structure import layout, parts_table
from scaffold.trace import subject
from scaffold.trace.arrays import stored
from scaffold.trace.forward import Call, Trace, traced
from scaffold.trace.reload import load, reload
from scaffold.trace.settled import THREADS, settled

if TYPE_CHECKING:
    from scaffold.golden import Entry
    from scaffold.trace.subject import Subject

FULL = "full"
"""Table: that the full model was left out, and by which option; not there when it was not."""

_HALVINGS = 4


def record(adapter: Path | Subject, out: Path, *, seed: int = 0, with_full: bool = True) -> Bundle:
    """Record the reference behind an adapter, on every rung that the adapter has what it takes for.

    Args:
        adapter: The adapter's file, or an adapter that was loaded before.
        out: The folder of the bundle.
        seed: Where every random choice starts.
        with_full: Whether the full model is recorded beside this; the manifest says if not.

    Raises:
        ScaffoldError: The adapter cannot be used, or the model is dead on its own batch.
    """
    theirs = adapter if isinstance(adapter, subject.Subject) else subject.load(Path(adapter))
    writer = Writer()
    with settled(seed):
        inputs, target = theirs.example_batch()
        model = theirs.build("twin").eval()
        built = weights_hash(model.state_dict())
        refuse_unfit(model, inputs, theirs.path)
        asked = probes(inputs, seed=seed)
        weights, jitter, still = _alive(theirs, model, asked, seed)
        _record_structure(theirs, model, writer)
        _record_forward(model, asked, writer, theirs.path.parent)
        for name, value in weights.items():
            writer.add(value.numpy(), role="weight", part=name)
        closed = {"still": list(still)} if still else {}
        writer.table("perturbation", {"jitter": jitter, **closed})
        rungs.record(
            Recording(
                subject=theirs,
                seed=seed,
                weights=weights,
                inputs=inputs,
                target=target,
                writer=writer,
            )
        )
        if not with_full:
            writer.table(FULL, {"recorded": False, "reason": "--no-full"})
        origin = provenance(
            theirs.path,
            model=model,
            weights=built,
            seed=seed,
            threads=THREADS,
            options="" if with_full else "--no-full",
        )
    return Bundle.read(writer.write(out, provenance=origin), written_now=True)


def _alive(
    theirs: Subject, model: nn.Module, asked: tuple[Probe, ...], seed: int
) -> tuple[dict[str, Tensor], float, tuple[str, ...]]:
    """Load the strongest jitter of the weights under which every part is alive.

    Where none is, because some parts within give one number everywhere, they are named.
    """
    built = {name: value.clone() for name, value in model.state_dict(keep_vars=False).items()}
    judged = [probe for probe in asked if probe.name in {"normal", "real"}]
    problem, closed = "", None
    for halving in range(_HALVINGS):
        jitter = JITTER / 2**halving
        load(model, built)
        weights = perturbed(model.state_dict(), seed=seed, jitter=jitter)
        reload(model, weights)
        traces = [traced(model, probe.inputs) for probe in judged]
        problem = every_part_alive(traces) or _unseen(traces) or _deaf(traces)
        if not problem:
            return weights, jitter, ()
        still = still_parts(traces)
        if closed is None and problem.endswith(CONSTANT) and "" not in still:
            closed = weights, jitter, still
    if closed is not None:
        reload(model, closed[0])
        return closed
    raise ScaffoldError(
        f"{problem}, however small the jitter of the weights",
        where=str(theirs.path),
        remedy="give the model weights and an example batch under which every part is alive",
    )


def _unseen(traces: list[Trace]) -> str:
    """Say so when the model gives nothing that could be recorded."""
    for trace in traces:
        whole = trace.find("")
        given = {} if whole is None else whole.outputs
        found = [_array(leaf, numbers=True) for leaf in given.values()]
        if found and all(isinstance(one, str) for one in found):
            return f"what the model gives cannot be recorded ({next(filter(None, found), 'None')})"
    return ""


def _deaf(traces: list[Trace]) -> str:
    """Say so when the model gives the same for samples that differ, on every batch of several.

    On one batch it may be chance: two texts can begin with the same word.
    """
    seen = [_hears(whole) for trace in traces if (whole := trace.find("")) is not None]
    if False not in seen or True in seen:
        return ""
    kind = next(whole.kind for trace in traces if (whole := trace.find("")) is not None)
    return f"the output of the model ({kind}) is the same for every sample"


def _hears(whole: Call) -> bool | None:
    """Whether other samples give other outputs; None where the batch cannot tell."""
    taken, given = (
        [leaf for leaf in leaves.values() if isinstance(leaf, Tensor) and leaf.ndim]
        for leaves in (whole.inputs, whole.outputs)
    )
    batch = len(taken[0]) if taken else 0
    given = [leaf for leaf in given if leaf.ndim > 1 and len(leaf) == batch]
    if not given or any(map(_one_row, taken)):
        return None
    return not all(map(_one_row, given))


def _one_row(leaf: Tensor) -> bool:
    return not leaf.is_sparse and not leaf.is_nested and bool((leaf == leaf[:1]).all())


def _record_structure(theirs: Subject, twin: nn.Module, writer: Writer) -> None:
    sizes = {"twin": twin, "full": theirs.build("full")}
    writer.table("structure", {size: _structure(model) for size, model in sizes.items()})


def _structure(model: nn.Module) -> dict[str, Any]:
    parameters = dict(model.named_parameters())
    return {
        "parameters": [[name, list(v.shape), _dtype(v)] for name, v in parameters.items()],
        "buffers": [
            [name, list(v.shape), _dtype(v)]
            for name, v in model.state_dict().items()
            if name not in parameters
        ],
        "count": sum(value.numel() for value in parameters.values()),
    }


def _dtype(value: Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")


def _record_forward(model: nn.Module, asked: tuple[Probe, ...], writer: Writer, home: Path) -> None:
    counts: dict[str, int] = {}
    refused: dict[str, str] = {}
    unrecorded: dict[str, str] = {}
    layouts: dict[str, str] = {}
    kept: list[str] = []
    for probe in asked:
        trace = Trace(calls=(), failure=probe.refused)
        if not probe.refused:
            trace = traced(model, probe.inputs)
        if trace.failure:
            refused[probe.name] = trace.failure.splitlines()[0]
            continue
        kept.append(probe.name)
        unrecorded.update(_write(trace, probe.name, writer, layouts))
        for call in trace.calls:
            counts[call.part] = max(counts.get(call.part, 0), call.call + 1)
    writer.table("probes", {"recorded": kept, "refused": refused})
    writer.table("unrecorded", unrecorded)
    writer.table("parts", parts_table(model, counts, home))
    writer.table("layouts", layouts)


def _write(trace: Trace, probe: str, writer: Writer, layouts: dict[str, str]) -> dict[str, str]:
    """Write every leaf of every call, and how it lay; say of each that cannot be kept why."""
    left_out: dict[str, str] = {}
    known: dict[int, Entry] = {}  # a trace holds a tensor once, however many calls have seen it
    for call in trace.calls:
        sides = (("input", call.order, call.inputs), ("output", call.done, call.outputs))
        for role, order, leaves in sides:
            for leaf, value in leaves.items():
                array = _array(value, numbers=role == "output")
                if isinstance(array, str):
                    if array:
                        left_out[f"{role}:{call.part}:{leaf}"] = array
                    continue
                entry = known[id(value)] = writer.add(
                    array,
                    role=role,
                    part=call.part,
                    kind=call.kind,
                    call=call.call,
                    order=order,
                    leaf=leaf,
                    probe=probe,
                    same_as=known.get(id(value)),
                    frozen=True,
                )
                if isinstance(value, Tensor) and (lies := layout(value)):
                    layouts.setdefault(entry.hash, lies)
    return left_out


def _array(value: object, *, numbers: bool) -> np.ndarray | str:
    """Give a leaf as an array, or the reason why it has none; `""` is a reason that all know."""
    if isinstance(value, Tensor):
        try:
            return stored(value)
        except (TypeError, RuntimeError) as error:
            return f"{value.dtype} cannot be stored ({str(error).splitlines()[0]})"
    if isinstance(value, bool | int | float):
        return np.asarray(value) if numbers else ""
    if value is None or isinstance(value, str):
        return ""
    return f"a {type(value).__name__} holds no tensor that is known"
