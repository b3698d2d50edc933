"""Read the forward goldens of a bundle: which parts there are, and every call of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from scaffold.golden import Bundle, Entry


@dataclass(frozen=True, kw_only=True, slots=True)
class TheirCall:
    """One recorded call of a part of theirs; leaves are entries, opened when they are needed."""

    part: str
    kind: str
    call: int
    order: int
    done: int
    inputs: tuple[Entry, ...]
    outputs: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TheirPart:
    """One part of theirs, whether it is ever called or not."""

    part: str
    kind: str
    calls: int
    parameters: int
    source: str = ""
    """File and line of its class, where the recorder wrote them down."""


def parts_of(bundle: Bundle) -> tuple[TheirPart, ...]:
    """Give every part of theirs in the order of registration; the first is the model itself."""
    rows: list[dict[str, Any]] = bundle.table("parts")
    return tuple(
        TheirPart(
            **{name: row[name] for name in ("part", "kind", "calls", "parameters")},
            source=row.get("source", ""),
        )
        for row in rows
    )


def probes_of(bundle: Bundle) -> tuple[str, ...]:
    """Give the probes that were recorded."""
    return tuple(bundle.table("probes")["recorded"])


def calls_of(
    bundle: Bundle, probe: str, *, roles: tuple[str, str] = ("input", "output")
) -> tuple[TheirCall, ...]:
    """Give the calls of one probe in the order in which they began."""
    found: dict[tuple[str, int], dict[str, list[Entry]]] = {}
    for side, role in zip(("input", "output"), roles, strict=True):
        for entry in bundle.select(role=role, probe=probe):
            sides = found.setdefault((entry.part, entry.call), {"input": [], "output": []})
            sides[side].append(entry)
    calls = [
        TheirCall(
            part=part,
            kind=(sides["output"] or sides["input"])[0].kind,
            call=call,
            order=(sides["input"] or sides["output"])[0].order,
            done=(sides["output"] or sides["input"])[0].order,
            inputs=tuple(sides["input"]),
            outputs=tuple(sides["output"]),
        )
        for (part, call), sides in found.items()
    ]
    return tuple(sorted(calls, key=lambda call: call.order))


def weights_of(bundle: Bundle) -> dict[str, Tensor]:
    """Give the perturbed weights of theirs: parameters and buffers by name."""
    return {entry.part: tensor(bundle, entry) for entry in bundle.select(role="weight")}


def tensor(bundle: Bundle, entry: Entry) -> Tensor:
    """Give a golden as a tensor of its own."""
    return torch.from_numpy(bundle.array(entry).copy())
