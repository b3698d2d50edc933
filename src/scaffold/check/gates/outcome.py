"""What gates ask of runs and results, beyond what rules ask of files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.check.facts.documents import table
from scaffold.check.facts.outcomes import declared, measured, name_of, rows, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.check.gates.table import Gate
    from scaffold.check.repository import Repository


def outcomes(gate: Gate, repository: Repository) -> Iterator[str]:
    """Give what keeps a gate shut."""
    look = _LOOKS.get(gate.id)
    if look is not None:
        yield from look(repository)


def _budget(repository: Repository) -> Iterator[str]:
    """G6: the budget is not spent."""
    allowed = repository.section("budget").get("runs")
    spent = sum(1 for _ in runs(repository))
    if isinstance(allowed, (int, float)) and spent >= allowed:
        yield f"{spent} runs are in the ledger, and the budget is {allowed}"


def _milestone(repository: Repository) -> Iterator[str]:
    """G7: a run of every required target came within the band."""
    band = repository.section("stop").get("band")
    for name, target in _required(repository):
        values = [
            entry["value"]
            for _, entry in runs(repository)
            if isinstance(entry, dict)
            and entry.get("target") == name
            and _is_number(entry.get("value"))
        ]
        if not values:
            yield f"no run of {name} is in the ledger"
        elif _is_number(band) and _is_number(target.get("value")):
            gap = float(target["value"]) - max(values)
            if gap > float(band):  # type: ignore[arg-type]
                yield f"the best run of {name} is {gap:.4g} below its target; the band is {band}"


def _reached(repository: Repository) -> Iterator[str]:
    """G8: every required target lies within its tolerance."""
    known = {
        name_of(row, "target"): row for row in rows(repository, measured(repository), "measured")
    }
    for name, target in _required(repository):
        row = known.get(name)
        if row is None:
            yield f"{name} was not measured"
        elif all(_is_number(one) for one in (row.get("value"), target.get("value"))):
            least = float(target["value"]) - float(target.get("tolerance") or 0)
            if float(row["value"]) < least:
                yield f"{name} is {row['value']}, and the target {least:.4g} at least"


def _portable(repository: Repository) -> Iterator[str]:
    """G10: every required device passes."""
    ways = [row for _, row in table(repository, "docs/portability.md")]
    devices = repository.section("devices").get("required")
    for device in devices if isinstance(devices, list) else ():
        states = {
            row.get("state", "").lower()
            for row in ways
            if str(device).lower() in " ".join(row.values()).lower()
        }
        if "pass" not in states:
            yield f"no row of docs/portability.md says that {device} passes"


def _required(repository: Repository) -> Iterator[tuple[str, dict[str, Any]]]:
    targets = {name_of(row, "id"): row for row in rows(repository, declared(repository), "targets")}
    required = repository.section("targets").get("required")
    for name in required if isinstance(required, list) else ():
        yield str(name), targets.get(str(name), {})


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_LOOKS: dict[str, Callable[[Repository], Iterator[str]]] = {
    "G6": _budget,
    "G7": _milestone,
    "G8": _reached,
    "G10": _portable,
}
