"""Show a fleet: one line per repository, one page with everything."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from scaffold.report.html import filled

SCHEMA = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Ship:
    """One repository, everything that is known of it."""

    name: str
    house: str = ""
    version: str = ""
    gate: str = ""
    findings: dict[str, int] = field(default_factory=dict)
    before: int | None = None
    """How many findings it had the time before; None where there was none."""
    waived: tuple[tuple[str, str, str], ...] = ()
    """Rule, owner, expiry, the next to end first."""
    after: str = ""
    conflicts: tuple[str, ...] = ()
    verdicts: dict[str, int] = field(default_factory=dict)
    branch: str = ""
    error: str = ""

    @property
    def count(self) -> int:
        """How many findings it has."""
        return sum(self.findings.values())

    @property
    def trend(self) -> str:
        """How that changed."""
        if self.before is None or self.before == self.count:
            return ""
        return f"{self.count - self.before:+d}"


def plain(ships: list[Ship]) -> str:
    """Write a line per repository, the broken ones with what is wrong, and a last line."""
    wide = max((len(ship.name) for ship in ships), default=0)
    lines = []
    for ship in ships:
        said = [f"{ship.house} {ship.version}".strip()]
        if ship.findings or not ship.after:
            said.append(f"{ship.count} findings{f' ({ship.trend})' if ship.trend else ''}")
        if ship.after:
            asked = f"{len(ship.conflicts)} conflicts" if ship.conflicts else "clean"
            done = f", on {ship.branch}" if ship.branch else ""
            said.append(f"-> {ship.after}: {asked}{done}")
        lines.append(
            f"{ship.name:<{wide}}  {'broken: ' + ship.error if ship.error else '; '.join(said)}"
        )
    broken = sum(bool(ship.error) for ship in ships)
    total = sum(ship.count for ship in ships)
    stuck = sum(bool(ship.conflicts) for ship in ships)
    lines.append(
        f"{len(ships)} repositories, {broken} broken, {total} findings, {stuck} with conflicts"
    )
    return "\n".join(lines) + "\n"


def dumps(ships: list[Ship]) -> str:
    """Write it as JSON; the schema is `report/schemas/fleet.schema.json`."""
    document = {
        "kind": "fleet",
        "schema": SCHEMA,
        "repositories": [
            {**asdict(ship), "waived": [list(one) for one in ship.waived]} for ship in ships
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def page(ships: list[Ship], *, title: str) -> str:
    """Write one HTML page that asks nothing of a network."""
    waivers = sorted(
        (ends, rule, owner, ship.name) for ship in ships for rule, owner, ends in ship.waived
    )
    rules: dict[str, int] = {}
    for ship in ships:
        for rule, count in ship.findings.items():
            rules[rule] = rules.get(rule, 0) + count
    return filled(
        __package__,
        "fleet.html.jinja",
        ships=ships,
        waivers=waivers,
        rules=sorted(rules.items(), key=lambda pair: (-pair[1], pair[0])),
        title=title,
    )
