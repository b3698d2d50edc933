"""Record the full model of a reference in a few hundred kilobytes: sketches, and weights as drawn.

Nothing of a full model is small, so nothing is stored whole: weights and inputs are drawn from the
frozen stream by a table (`scaffold.trace.drawn`), and of every tensor that passes a part a sketch
is kept (`scaffold.golden.sketch`). With a cache, the tensors themselves are put there by their
hash, from where the comparison can take them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from scaffold.core.errors import ScaffoldError
from scaffold.golden import Bundle, Writer, cache, digest
from scaffold.golden.sketch import sketch
from scaffold.golden.sketched import CALLS, Collector, SketchedCall, calls_table
from scaffold.reference.calibrate import calibrate
from scaffold.reference.perturb import CONSTANT, JITTER, dead, keeps_still, problem_of
from scaffold.reference.provenance import provenance, weights_hash
from scaffold.reference.structure import layout, parts_table
from scaffold.trace import drawn, subject
from scaffold.trace.glance import Glances, glanced
from scaffold.trace.reload import load, reload
from scaffold.trace.settled import THREADS, settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.trace.subject import Subject

PROBES = {"normal": 1.0, "times-20": 20.0, "low-variance": 0.01}
"""The probes of a full model and their scales: an ordinary one, one that shows how an activation
saturates, and one that shows an eps."""

SMALL = 32 * 1024
"""Bytes up to which a real batch is kept beside the drawn ones."""
SMALL_CONSTANT = 4 * 1024
"""Bytes up to which a constant of the architecture is stored; above, its hash is."""

_HALVINGS = 4
_NO_FULL = "or leave the full model out with --no-full"


@dataclass(slots=True)
class _Looker:
    """Look at every tensor that passes: sketch it, and keep it in the cache if there is one."""

    cache: Path | None = None
    sketches: Collector = field(default_factory=Collector)

    def __call__(self, leaf: Tensor) -> int:
        array, dtype = _array(leaf)
        key = digest.of_array(array)
        number = self.sketches.add(sketch(array, dtype=dtype), key, layout=layout(leaf))
        if self.cache is not None:
            cache.store(self.cache, key, array)
        return number


def full_differs(twin: Bundle) -> bool:
    """Whether the full model is another one than the twin, as a twin's bundle tells."""
    sizes = twin.tables.get("structure", {})
    return bool(sizes.get("full") != sizes.get("twin"))


def record_full(adapter: Path, out: Path, *, seed: int = 0, cache: Path | None = None) -> Bundle:
    """Record `build("full")` of an adapter by sketches.

    Args:
        adapter: The reference's adapter.
        out: The folder of the bundle.
        seed: Where every draw starts.
        cache: Where full tensors are kept by their hash; None keeps none.

    Raises:
        ScaffoldError: The model refuses its batch, or is dead whatever weights are drawn.
    """
    theirs = subject.load(Path(adapter))
    writer = Writer()
    with settled(seed):
        model = theirs.build("full").eval()
        built = weights_hash(model.state_dict())
        real, _ = theirs.example_batch("full")
        asked = _asked(real)
        rows, jitter = _alive(theirs, model, asked, seed)
        writer.table(drawn.DRAWN, {"seed": seed, "jitter": jitter, "tensors": rows})
        for name, value in model.state_dict().items():
            if any(row[0] == name and row[3] == drawn.STORED for row in rows):
                writer.add(value.numpy(), role="weight", part=name)
        looker = _Looker(cache)
        kept = {probe: drawn.inputs(given, probe, seed) for probe, given in asked.items()}
        if sum(value.nbytes for value in real) <= SMALL:
            kept["real"] = real
            for number, value in enumerate(real):
                writer.add(value.numpy(), role="full_input", leaf=str(number), probe="real")
        _record_calls(model, kept, looker, writer, theirs.path.parent)
        writer.table(drawn.PROBES, asked)
        looker.sketches.write(writer)
        origin = provenance(
            theirs.path,
            model=model,
            weights=built,
            seed=seed,
            threads=THREADS,
            options="--tier T0" if cache is None else "--tier T1",
        )
    return Bundle.read(writer.write(out, provenance=origin))


def _asked(real: Sequence[Tensor]) -> dict[str, list[dict[str, Any]]]:
    """Describe the inputs of every probe; whole numbers have no scale, so one probe is enough."""
    whole = not any(value.is_floating_point() for value in real)
    return {
        probe: [
            drawn.input_row(value, (min(2, len(value)), *value.shape[1:]), factor) for value in real
        ]
        for probe, factor in PROBES.items()
        if not whole or probe == "normal"
    }


def _alive(
    theirs: Subject, model: nn.Module, asked: dict[str, list[dict[str, Any]]], seed: int
) -> tuple[list[list[Any]], float]:
    """Load drawn weights under which every part is alive, with the strongest jitter possible."""
    built = {name: value.clone() for name, value in model.state_dict(keep_vars=False).items()}
    given = drawn.inputs(asked["normal"], "normal", seed)
    problem = ""
    for halving in range(_HALVINGS):
        jitter = JITTER / 2**halving
        load(model, built)
        rows = rows_of(model.state_dict(), jitter)
        reload(model, loaded(rows, built, seed))
        calibrate(model, given, rows, built, seed)
        seen = glanced(model, given, problem_of)
        if seen.failure:
            raise ScaffoldError(
                f"the full model refuses a batch of {_shapes(given)} ({_line(seen.failure)})",
                where=str(theirs.path),
                remedy='let example_batch take a size and give a batch for "full", ' + _NO_FULL,
            )
        problem = _first_problem(seen)
        if not problem or (problem.endswith(CONSTANT) and not _still(seen, "")):
            return rows, jitter
    raise ScaffoldError(
        f"{problem} in the full model, however small the jitter of the weights",
        where=str(theirs.path),
        remedy=f"let build give weights under which every part is alive, {_NO_FULL}",
    )


def rows_of(state: dict[str, Tensor], jitter: float) -> list[list[Any]]:
    """Say of every tensor of a state dict how it is given; tied tensors name the first of them.

    A row is name, shape, dtype, how, and what that needs: mean and deviation, or a hash.
    """
    first: dict[tuple[object, ...], str] = {}
    rows: list[list[Any]] = []
    for name, value in state.items():
        place = (value.data_ptr(), tuple(value.shape), value.stride())
        origin = first.setdefault(place, name) if value.numel() else name
        rows.append([name, list(value.shape), str(value.dtype).removeprefix("torch.")])
        if not keeps_still(value):
            tied = [origin] if origin != name else []
            rows[-1] += [drawn.UNIFORM, *drawn.place_of(value, jitter), *tied]
        elif value.nbytes <= SMALL_CONSTANT:
            rows[-1] += [drawn.STORED]
        else:
            rows[-1] += [drawn.BY_HASH, digest.of_array(_array(value)[0])]
    return rows


def loaded(rows: list[list[Any]], built: dict[str, Tensor], seed: int) -> dict[str, Tensor]:
    """Give the state dict that the rows describe, constants as they were built."""
    return {
        name: drawn.weight(more[2] if len(more) > 2 else name, shape, dtype, more[:2], seed)  # noqa: PLR2004 - mean, deviation, origin
        if how == drawn.UNIFORM
        else built[name]
        for name, shape, dtype, how, *more in rows
    }


def _record_calls(
    model: nn.Module,
    kept: dict[str, tuple[Tensor, ...]],
    looker: _Looker,
    writer: Writer,
    home: Path,
) -> None:
    counts: dict[str, int] = {}
    refused: dict[str, str] = {}
    unrecorded: dict[str, str] = {}
    calls: dict[str, list[SketchedCall]] = {}
    for probe, given in kept.items():
        seen = glanced(model, given, looker)
        if seen.failure:
            refused[probe] = _line(seen.failure)
            continue
        calls[probe] = [
            SketchedCall(
                part=one.part,
                kind=one.kind,
                call=one.call,
                order=one.order,
                done=one.done,
                inputs=one.inputs,
                outputs=one.outputs,
            )
            for one in seen.calls
        ]
        for one in seen.calls:
            counts[one.part] = max(counts.get(one.part, 0), one.call + 1)
        unrecorded.update(dict(text.split(": ", 1) for text in seen.left_out))
    rows = parts_table(model, counts, home)
    writer.table("parts", rows)
    writer.table(CALLS, calls_table(calls, [row["part"] for row in rows]))
    writer.table("probes", {"recorded": list(calls), "refused": refused})
    writer.table("unrecorded", unrecorded)


def _still(seen: Glances[str], part: str) -> bool:
    """Whether a part gives one number everywhere; a sketch of the others shows enough."""
    return any(one.part == part and dead(list(one.outputs.values())) for one in seen.calls)


def _first_problem(seen: Glances[str]) -> str:
    """Name what is not finite, else what gives one number everywhere."""
    constant = ""
    for one in seen.calls:
        problem = dead(list(one.outputs.values()))
        said = f"the output of {one.part or 'the model'} ({one.kind}) {problem}"
        if problem and problem != CONSTANT:
            return said
        constant = constant or (said if problem else "")
    return constant


def _array(leaf: Tensor) -> tuple[Any, str]:
    """Give a tensor as an array, and the name of its type."""
    dtype = str(leaf.dtype).removeprefix("torch.")
    plain = leaf.detach().resolve_conj().resolve_neg().cpu().contiguous()
    return (plain.float() if plain.dtype is torch.bfloat16 else plain).numpy(), dtype


def _shapes(given: Sequence[Tensor]) -> str:
    return " and ".join(str(list(value.shape)) for value in given)


def _line(text: str) -> str:
    return text.splitlines()[0]
