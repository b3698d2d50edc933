"""Keep the sketches of a model's tensors in a bundle, in four arrays and one table.

A row of the manifest for every tensor would weigh more than the sketches do. So a tensor is a
number here, and a call is a row of numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from scaffold.core.errors import ScaffoldError
from scaffold.golden.sketch import BUCKETS, SAMPLES, Sketch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.golden.bundle import Bundle
    from scaffold.golden.writer import Writer

ROLE: Final = "sketch"
"""Role of the four arrays, of which each says what it is by its leaf."""
TABLE: Final = "sketches"
"""Table: kind of every tensor (dtype, shape), what is odd about some, and the layout of some."""
CALLS: Final = "full_calls"
"""Table: per probe a row for every call: part, number, begin, end, inputs, outputs."""

Leaves = dict[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class SketchedCall:
    """One call of one part of theirs; a tensor is its number among the sketches."""

    part: str
    kind: str
    call: int
    order: int
    done: int
    inputs: Leaves
    outputs: Leaves


class Collector:
    """Gather sketches while theirs runs; a tensor that comes again keeps its number."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {}
        self._sketches: list[Sketch] = []
        self._layouts: dict[str, str] = {}

    def add(self, sketch: Sketch, key: str, *, layout: str = "") -> int:
        """Take the sketch of the tensor with that hash, and give its number."""
        number = self._number.setdefault(key, len(self._sketches))
        if number == len(self._sketches):
            self._sketches.append(sketch)
            if layout:
                self._layouts[str(number)] = layout
        return number

    def write(self, writer: Writer) -> None:
        """Put everything that was gathered into a bundle."""
        kinds = list(dict.fromkeys((one.dtype, one.shape) for one in self._sketches))
        sample = np.zeros((len(self._sketches), SAMPLES))
        for number, one in enumerate(self._sketches):
            sample[number, : len(one.sample)] = one.sample
        sums = np.array([one.sums for one in self._sketches]).reshape(-1, BUCKETS)
        writer.add(sums, role=ROLE, leaf="sums")
        writer.add(np.array([one.norm for one in self._sketches]), role=ROLE, leaf="norm")
        writer.add(sample, role=ROLE, leaf="sample")
        keys = b"".join(bytes.fromhex(key) for key in self._number)
        hashes = np.frombuffer(keys, dtype=np.uint8).reshape(len(self._sketches), -1)
        writer.add(hashes, role=ROLE, leaf="hash")
        writer.table(
            TABLE,
            {
                "kinds": [[dtype, list(shape)] for dtype, shape in kinds],
                "of": [kinds.index((one.dtype, one.shape)) for one in self._sketches],
                "odd": {str(n): one.odd for n, one in enumerate(self._sketches) if one.odd},
                "layouts": self._layouts,
            },
        )


@dataclass(frozen=True, slots=True)
class Sketches:
    """The sketches of a bundle, by number."""

    _arrays: Mapping[str, np.ndarray]
    _table: Mapping[str, Any]

    @classmethod
    def read(cls, bundle: Bundle) -> Sketches:
        """Open the sketches of a bundle.

        Raises:
            ScaffoldError: It has none, or they were made in another way.
        """
        arrays = {entry.leaf: bundle.array(entry) for entry in bundle.select(role=ROLE)}
        table = bundle.tables.get(TABLE)
        if table is None or not {"sums", "norm", "sample", "hash"} <= set(arrays):
            raise _unusable("holds no sketches", bundle)
        if arrays["sums"].shape[1] != BUCKETS or arrays["sample"].shape[1] != SAMPLES:
            raise _unusable(
                f"holds sketches of {arrays['sums'].shape[1]} sums, and this version compares "
                f"{BUCKETS}",
                bundle,
            )
        return cls(arrays, table)

    def __len__(self) -> int:
        return len(self._arrays["norm"])

    def __getitem__(self, number: int) -> Sketch:
        dtype, shape = self._table["kinds"][self._table["of"][number]]
        size = int(np.prod(shape))
        return Sketch(
            dtype=dtype,
            shape=tuple(shape),
            sums=self._arrays["sums"][number],
            norm=float(self._arrays["norm"][number]),
            sample=self._arrays["sample"][number][: SAMPLES if size else 0],
            odd=self._table["odd"].get(str(number), ""),
        )

    def key(self, number: int) -> str:
        """Give the hash of the tensor, which is its name in the cache."""
        return bytes(self._arrays["hash"][number]).hex()

    def kind(self, number: int) -> tuple[str, tuple[int, ...]]:
        """Give dtype and shape of the tensor."""
        dtype, shape = self._table["kinds"][self._table["of"][number]]
        return str(dtype), tuple(shape)


def calls_table(calls: Mapping[str, list[SketchedCall]], parts: list[str]) -> dict[str, Any]:
    """Lay calls out as rows of numbers; a part is its place among the parts."""
    place = {part: number for number, part in enumerate(parts)}
    return {
        probe: [
            [place[one.part], one.call, one.order, one.done, one.inputs, one.outputs]
            for one in of_probe
        ]
        for probe, of_probe in calls.items()
    }


def calls_of(bundle: Bundle, probe: str) -> tuple[SketchedCall, ...]:
    """Give the calls of one probe in the order in which they began."""
    parts = bundle.table("parts")
    return tuple(
        SketchedCall(
            part=parts[part]["part"],
            kind=parts[part]["kind"],
            call=call,
            order=order,
            done=done,
            inputs=inputs,
            outputs=outputs,
        )
        for part, call, order, done, inputs, outputs in bundle.table(CALLS)[probe]
    )


def _unusable(what: str, bundle: Bundle) -> ScaffoldError:
    return ScaffoldError(
        what, where=str(bundle.folder), remedy="record the bundle again with `scaffold record`"
    )
