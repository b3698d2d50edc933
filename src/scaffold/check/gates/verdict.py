"""Open or shut every gate, on evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from scaffold.check.claims import GATES, reaches
from scaffold.check.facts.documents import front, pages
from scaffold.check.gates.outcome import outcomes
from scaffold.check.gates.table import TABLE
from scaffold.check.waivers import waivers
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scaffold.check.gates.table import Gate
    from scaffold.check.repository import Repository
    from scaffold.core.findings import Finding
    from scaffold.house.proof import Proof


class State(StrEnum):
    """How a gate stands."""

    PASSED = "passed"
    OPEN = "open"
    WAIVED = "waived"
    WAITS = "waits"
    """Nothing of its own keeps it shut; a gate before it is open."""
    NOT_ASKED = "not asked"
    """The activity has no such gate."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stand:
    """One gate, how it stands, and everything that keeps it shut."""

    gate: Gate
    state: State
    reasons: tuple[str, ...] = ()
    by_hand: bool = False
    """Whether pages alone let it pass, and no program."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gates:
    """Every gate, and what follows from all of them."""

    stands: tuple[Stand, ...]

    @property
    def reached(self) -> str:
        """The last gate of those that were passed without one left open before it."""
        passed = [one for one in self.stands if one.state in (State.PASSED, State.WAIVED)]
        return passed[-1].gate.id if passed else ""

    @property
    def next(self) -> Stand | None:
        """The first gate that is open."""
        return next((stand for stand in self.stands if stand.state is State.OPEN), None)

    @property
    def score(self) -> dict[str, float]:
        """For every section, half a point for a gate passed by hand and one for a program's."""
        points: dict[str, float] = {}
        for stand in self.stands:
            if stand.gate.section and stand.state is not State.NOT_ASKED:
                own = stand.state in (State.PASSED, State.WAITS)
                won = 0.0 if not own else 0.5 if stand.by_hand else 1.0
                points[stand.gate.section] = points.get(stand.gate.section, 0.0) + won
        return points

    @property
    def total(self) -> float:
        """The score of the weakest section (P64)."""
        return min(self.score.values(), default=0.0)


def gates(
    repository: Repository, findings: Iterable[Finding], proofs: Mapping[str, Proof]
) -> Gates:
    """Judge every gate of a repository.

    Args:
        repository: What is judged.
        findings: What the rules found, waived findings left out, whatever their level.
        proofs: What the last comparison said of each rung.
    """
    found = list(findings)
    asked = repository.section("project").get("gates")
    wanted = asked if isinstance(asked, list) else list(GATES)
    waived = {one.rule for one in waivers(repository.manifest) if one.expires >= repository.today}
    stands = []
    for gate in TABLE:
        if gate.id not in wanted:
            stands.append(Stand(gate=gate, state=State.NOT_ASKED))
            continue
        reasons = tuple(_reasons(gate, repository, found, proofs))
        state = State.PASSED if not reasons else State.OPEN
        if reasons and gate.id in waived:
            state = State.WAIVED
        by_hand = not gate.rungs and gate.id in ("G9", "G10")
        stands.append(Stand(gate=gate, state=state, reasons=reasons, by_hand=by_hand))
    return Gates(stands=tuple(_in_order(stands)))


def _in_order(stands: Iterable[Stand]) -> Iterator[Stand]:
    """Let a gate behind an open one wait, whatever it has itself."""
    blocked = False
    for stand in stands:
        blocked = blocked or stand.state is State.OPEN
        waits = blocked and stand.state is State.PASSED
        yield replace(stand, state=State.WAITS) if waits else stand


def _reasons(
    gate: Gate, repository: Repository, found: list[Finding], proofs: Mapping[str, Proof]
) -> Iterator[str]:
    for finding in found:
        of_rule = any(finding.code.startswith(code) for code in gate.rules)
        awaited = finding.gate == gate.id
        if awaited or (of_rule and not finding.gate and finding.level is not Level.NOTE):
            yield f"{finding.where}: {finding.because} ({finding.code})"
    yield from _rungs(gate, repository, proofs)
    yield from outcomes(gate, repository)
    if gate.id == "G11":
        yield from _unfinished(repository)


def _rungs(gate: Gate, repository: Repository, proofs: Mapping[str, Proof]) -> Iterator[str]:
    excused = _excused(repository)
    for rung in gate.rungs:
        proof = proofs.get(rung)
        if proof is None:
            if rung not in excused:
                yield f"the rung {rung} was not compared: scaffold compare"
        elif not proof.fresh:
            yield f"the evidence of {rung} is older than what it speaks of: scaffold compare"
        elif not proof.holds:
            yield f"{proof.differ} of {proof.items} items of {rung} differ, first {proof.first}"


def _excused(repository: Repository) -> frozenset[str]:
    """Name the rungs of which the bundle says why it has none."""
    from scaffold.check.facts.bundles import twin  # noqa: PLC0415 - a cycle of facts otherwise

    bundle = twin(repository)
    silent = bundle.table("ladder").get("silent") if bundle is not None else None
    return frozenset(silent) if isinstance(silent, dict) else frozenset()


def _unfinished(repository: Repository) -> Iterator[str]:
    """Every page has to be done here, whatever its own gate."""
    for path in pages(repository):
        values = front(repository, path).values
        gate = str(values.get("gate"))
        earlier = gate in GATES and not reaches(gate, "G11")
        if values.get("status") in ("stub", "draft") and earlier:
            yield f"{path}: is a {values['status']} (DOC003)"
