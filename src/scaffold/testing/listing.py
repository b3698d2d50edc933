"""List the parity tests of a repository from the manifest of its bundle, without a tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.core.comparison import Rung
from scaffold.core.sizes import FULL
from scaffold.report.words import part_name
from scaffold.trace import roles
from scaffold.trace.offered import GOLDENS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from scaffold.testing.names import Names

    Manifest = Mapping[str, Any]
    Lister = Callable[[Manifest, Names], Iterable[str]]

OUTPUT, STRUCTURE, PARTS = "output", "structure", "parts"

MARKS: dict[Rung, str] = {
    Rung.STRUCTURE: STRUCTURE,
    Rung.WEIGHTS: roles.WEIGHT,
    Rung.FORWARD: OUTPUT,
    **GOLDENS,
}
"""The role of an entry, or the table, that a bundle holds when a rung was recorded."""


def listed(manifest: Manifest, names: Names) -> dict[Rung, tuple[str, ...]]:
    """Name the items of every rung that has goldens, in the order of recording.

    A rung that is not in the answer has none. What a comparison finds beyond these names is
    judged by the item `everything-else`, so a list may be short, and never hides a divergence.
    """
    held = {entry["role"] for entry in manifest["entries"]} | manifest["tables"].keys()
    return {
        rung: tuple(dict.fromkeys(_LISTERS[rung](manifest, names)))
        for rung, mark in MARKS.items()
        if mark in held
    }


def _of_role(manifest: Manifest, role: str) -> list[Mapping[str, Any]]:
    return [entry for entry in manifest["entries"] if entry["role"] == role]


def _structure(manifest: Manifest, names: Names) -> Iterable[str]:
    for size, table in manifest["tables"][STRUCTURE].items():
        yield f"{size}: parameters"
        for name, *_ in (*table["parameters"], *table["buffers"]):
            yield from (f"{size}: {ours}" for ours in names.weight(name))


def _map(manifest: Manifest, names: Names) -> Iterable[str]:
    yield "map"
    for entry in _of_role(manifest, roles.WEIGHT):
        yield ", ".join(names.weight(entry["part"]))


def _forward(manifest: Manifest, names: Names) -> Iterable[str]:
    """Name every part that does something, in the order in which they end; the idle ones last."""
    ends = {entry["part"]: int(entry["order"]) for entry in _of_role(manifest, OUTPUT)}
    idle = [
        row["part"]
        for row in manifest["tables"].get(PARTS, [])
        if row["parameters"] and row["part"] not in ends
    ]
    parts = (*sorted(ends, key=lambda part: ends[part]), *idle)
    return (part_name(names.part(part)) for part in parts if not names.excused(part))


def full_parts(manifest: Manifest, names: Names) -> Iterable[str]:
    """Name the parts of the full model in the order in which they end, from its own manifest."""
    tables = manifest["tables"]
    rows: list[list[Any]] = next(iter(tables.get("full_calls", {}).values()), [])
    ends = {tables[PARTS][row[0]]["part"]: row[3] for row in rows}
    parts = sorted(ends, key=lambda part: ends[part])
    return dict.fromkeys(
        f"{FULL}{part_name(names.part(part))}" for part in parts if not names.excused(part)
    )


def _loss(manifest: Manifest, names: Names) -> Iterable[str]:
    del names
    terms = [entry["part"] for entry in _of_role(manifest, roles.LOSS_VALUE)]
    return (f"{term} {what}" for term in terms for what in ("value", "gradient"))


def _backward(manifest: Manifest, names: Names) -> Iterable[str]:
    """Name the parts that a gradient reaches, those first that the backward pass is done with."""
    begins = {
        entry["part"]: int(entry["order"]) for entry in _of_role(manifest, roles.PART_COTANGENT)
    }
    parts = sorted(begins, key=lambda part: -begins[part])
    return (part_name(names.part(part)) for part in parts if names.mapped(part))


def _train(manifest: Manifest, names: Names) -> Iterable[str]:
    """Name the parts that are called in training, in the order in which they end."""
    ends = {entry["part"]: int(entry["order"]) for entry in _of_role(manifest, roles.TRAIN_OUTPUT)}
    parts = sorted(ends, key=lambda part: ends[part])
    return (part_name(names.part(part)) for part in parts if names.mapped(part))


def _ema(manifest: Manifest, names: Names) -> Iterable[str]:
    yield "decay"
    yield from _weights(manifest, names, roles.EMA_STATE)


def _data(manifest: Manifest, names: Names) -> Iterable[str]:
    del names
    return [str(name) for name in manifest["tables"][roles.DATA]["operations"]]


def _metrics(manifest: Manifest, names: Names) -> Iterable[str]:
    del names
    return (entry["part"] for entry in _of_role(manifest, roles.METRIC_VALUE))


def _gradient(manifest: Manifest, names: Names) -> Iterable[str]:
    yield from _weights(manifest, names, roles.GRADIENT)
    yield from (f"input {entry['leaf']}" for entry in _of_role(manifest, roles.INPUT_GRADIENT))


def _optimizer(manifest: Manifest, names: Names) -> Iterable[str]:
    for what in ("group", "update"):
        yield from (f"{name} {what}" for name in _weights(manifest, names, roles.UPDATE))


def _schedule(manifest: Manifest, names: Names) -> Iterable[str]:
    """Name each group after the first of its parameters in the model, as the comparison does."""
    group_of = manifest["tables"][roles.SCHEDULE]["groups"]
    groups: dict[int, str] = {}
    for entry in _of_role(manifest, roles.WEIGHT):
        if entry["part"] in group_of:
            groups.setdefault(group_of[entry["part"]], names.weight(entry["part"])[0])
    return (f"lr of {name}" for name in groups.values())


def _weights(manifest: Manifest, names: Names, role: str) -> list[str]:
    return [name for entry in _of_role(manifest, role) for name in names.weight(entry["part"])]


_LISTERS: dict[Rung, Lister] = {
    Rung.STRUCTURE: _structure,
    Rung.WEIGHTS: _map,
    Rung.FORWARD: _forward,
    Rung.LOSS: _loss,
    Rung.BACKWARD: _backward,
    Rung.GRADIENT: _gradient,
    Rung.TRAIN: _train,
    Rung.OPTIMIZER: _optimizer,
    Rung.SCHEDULE: _schedule,
    Rung.EMA: _ema,
    Rung.STATE: lambda manifest, names: _weights(manifest, names, roles.STEP_STATE),
    Rung.INIT: lambda manifest, names: _weights(manifest, names, roles.BUILT),
    Rung.DATA: _data,
    Rung.METRICS: _metrics,
    Rung.TRACE: lambda _manifest, _names: ("learning rate", "gradient norm", "loss"),
    Rung.PRECISION: lambda _manifest, _names: roles.PRECISIONS,
}
