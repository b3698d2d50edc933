"""Judge every part of the full model alone, on full tensors from the cache (tier T1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.core.comparison import Comparison
from scaffold.core.errors import ScaffoldError
from scaffold.golden import Bundle, Entry, cache
from scaffold.golden.manifest import identity
from scaffold.golden.sketched import Sketches, calls_of
from scaffold.parity.first import first_divergence
from scaffold.parity.forward import forward
from scaffold.parity.full import notes_on, renamed, told, unmatched_of
from scaffold.parity.fullweights import full_weights
from scaffold.trace.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import numpy as np
    from torch import nn

    from scaffold.parity.weightmap import WeightMap


@dataclass(frozen=True, kw_only=True, slots=True)
class FullBundle(Bundle):
    """The bundle of a full model with its tensors in reach: those of the cache, and the weights."""

    cache: Path
    weights: Mapping[str, np.ndarray] = field(repr=False)

    def array(self, entry: Entry) -> np.ndarray:
        """Give a golden: a weight as it was drawn, anything else from the cache."""
        if entry.role == "weight":
            return self.weights[entry.part]
        return cache.load(self.cache, entry.hash)


@dataclass(frozen=True, slots=True)
class AtFullSize(Subject):
    """A candidate that builds its full model whatever size it is asked for."""

    inner: Subject = field(kw_only=True)

    def build(self, size: str = "twin") -> nn.Module:
        """Build the full model."""
        del size
        return self.inner.build("full")


def refuse_without_tensors(bundle: Bundle, folder: Path) -> None:
    """Raise unless the cache holds every tensor that the bundle names.

    Raises:
        ScaffoldError: Some are missing, or all.
    """
    sketches = Sketches.read(bundle)
    keys = [sketches.key(number) for number in range(len(sketches))]
    gone = cache.missing(folder, keys)
    if gone:
        raise ScaffoldError(
            f"{len(gone)} of {len(keys)} full tensors are not in the cache, which tier T1 needs",
            where=str(folder),
            remedy=cache.RECORD_AGAIN,
        )


def compare_tensors(
    bundle: Bundle, folder: Path, candidate: Subject, weights: WeightMap
) -> Comparison:
    """Judge every part of our full model, alone and in a live run, on full tensors.

    Raises:
        ScaffoldError: The cache is not whole, ours cannot be built, or the weights do not fit.
    """
    refuse_without_tensors(bundle, folder)
    ours = candidate.build("full").state_dict()
    theirs, notes = full_weights(bundle, weights, ours)
    arrays = {name: value.numpy() for name, value in theirs.items()}
    full = FullBundle(
        folder=bundle.folder,
        manifest=bundle.manifest,
        entries=(*_weights(arrays), *_entries(bundle)),
        cache=folder,
        weights=arrays,
    )
    at_full_size = AtFullSize(
        candidate.path,
        candidate._module,  # noqa: SLF001 - the same candidate, in another size
        candidate._isolation,  # noqa: SLF001 - likewise
        inner=candidate,
    )
    found = forward(full, at_full_size, weights)
    about = f"full model: {len(found.rows)} parts are judged alone on full tensors (tier T1)"
    return Comparison(
        reference=str(bundle.provenance.get("adapter", "")),
        bundle=str(bundle.folder),
        parts=tuple(renamed(row) for row in found.rows),
        rungs=(),
        first=told(first_divergence(found.calls), live=False),
        unmatched=tuple(unmatched_of(bundle, weights)),
        notes=(about, *notes, *notes_on(bundle)),
    )


def _weights(arrays: Mapping[str, np.ndarray]) -> Iterator[Entry]:
    for name, array in arrays.items():
        yield Entry(
            id=identity(role="weight", part=name, call=0, leaf="", probe=""),
            role="weight",
            part=name,
            kind="",
            call=0,
            order=0,
            leaf="",
            probe="",
            dtype=str(array.dtype),
            shape=array.shape,
            hash="",
        )


def _entries(bundle: Bundle) -> Iterable[Entry]:
    """Give an entry for every tensor of every call, as a twin's manifest has them."""
    sketches = Sketches.read(bundle)
    for probe in bundle.table("probes")["recorded"]:
        for call in calls_of(bundle, probe):
            sides = (("input", call.order, call.inputs), ("output", call.done, call.outputs))
            for role, order, leaves in sides:
                for leaf, number in leaves.items():
                    dtype, shape = sketches.kind(number)
                    key = identity(
                        role=role, part=call.part, call=call.call, leaf=leaf, probe=probe
                    )
                    yield Entry(
                        id=key,
                        role=role,
                        part=call.part,
                        kind=call.kind,
                        call=call.call,
                        order=order,
                        leaf=leaf,
                        probe=probe,
                        dtype=dtype,
                        shape=shape,
                        hash=sketches.key(number),
                    )
