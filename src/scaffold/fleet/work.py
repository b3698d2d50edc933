"""What is done in each repository, in a process that does many of them one after another."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scaffold.check.asking import every_rule
from scaffold.check.claims import claimed
from scaffold.check.listing import listing
from scaffold.check.repository import Repository
from scaffold.check.run import look
from scaffold.core.errors import ScaffoldError
from scaffold.core.findings import Level
from scaffold.fleet.results import Row, state_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from scaffold.fleet.members import Member
    from scaffold.update.plan import UpdatePlan

    Planned = Callable[[Member], UpdatePlan]


def checked(member: Member, today: date) -> Row:
    """Hold one repository against its house."""

    def work() -> Row:
        asked = every_rule(member.root, today=today)
        repository = Repository(listing(member.root), policy=asked.policy, today=today)
        report = look(repository, asked).report
        lock = repository.lock
        counted = (one.code for one in report.findings if one.level is not Level.NOTE)
        return Row(
            name=member.name,
            verb="check",
            state=state_of(member.root, today.isoformat()),
            house=lock.house if lock is not None else "",
            version=lock.version if lock is not None else "",
            gate=claimed(repository.manifest),
            findings=dict(Counter(counted)),
            waived=[[one.finding.code, one.owner, one.expires] for one in report.waived],
        )

    return whatever_happens(member, "check", work)


def forecast(member: Member, planned: Planned, stamp: str) -> Row:
    """Say what an update of one repository would do."""

    def work() -> Row:
        plan = planned(member)
        return Row(
            name=member.name,
            verb="plan",
            state=state_of(member.root, stamp),
            house=plan.house,
            version=plan.before,
            after=plan.after,
            verdicts=dict(Counter(str(one.verdict) for one in plan.told)),
            conflicts=[str(one.path) for one in plan.conflicts],
        )

    return whatever_happens(member, "plan", work)


def whatever_happens(member: Member, verb: str, work: Callable[[], Row]) -> Row:
    """Let one broken repository stop none of the others."""
    try:
        return work()
    except ScaffoldError as error:
        said = f"{error.where}: {error.what}; try: {error.remedy}"
    except Exception as error:  # noqa: BLE001 - whatever lies in a stranger's repository
        said = f"{type(error).__name__}: {error}"
    return Row(name=member.name, verb=verb, state="", error=said)
