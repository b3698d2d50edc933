"""Do one thing in every repository of a fleet, in parallel, and go on where a run stopped."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.fleet.branch import push, update_on_branch
from scaffold.fleet.planning import planned
from scaffold.fleet.results import Row, state_of
from scaffold.fleet.work import checked, forecast, whatever_happens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from scaffold.fleet.members import Member
    from scaffold.fleet.results import Results


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What is done in each repository."""

    verb: str
    """`check`, `plan` or `update`."""
    today: date
    house: str = ""
    pushes: bool = False
    stamp: str = ""
    """What else an answer depends on: the hash of the house."""

    def state(self, member: Member) -> str:
        """Hash what the answer of one repository depends on."""
        more = self.today.isoformat() if self.verb == "check" else f"{self.house}{self.stamp}"
        return state_of(member.root, more)


def run(
    members: Iterable[Member],
    task: Task,
    results: Results,
    *,
    jobs: int,
    tell: Callable[[Row], object] = lambda _: None,
) -> Iterator[Row]:
    """Give a row of every repository; what was answered before and is still true is not done again.

    Args:
        members: The repositories.
        task: What is done in each.
        results: Where rows are kept; one is on disk before the next repository is begun.
        jobs: How many processes.
        tell: Told of every row that was made.
    """
    known = results.rows()
    waiting: list[Member] = []
    for member in members:
        row = known.get((member.name, task.verb))
        if row is not None and not row.error and row.state == task.state(member):
            yield row
        else:
            waiting.append(member)
    for row in _done(waiting, task, jobs):
        results.add(row)
        tell(row)
        yield row


def _done(members: list[Member], task: Task, jobs: int) -> Iterator[Row]:
    if jobs == 1 or len(members) < 2:  # noqa: PLR2004 - one needs no company
        yield from (one(member, task) for member in members)
        return
    # Forked processes would share handles and locks; each new one imports once, and does many.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(members)), mp_context=context) as pool:
        for future in as_completed([pool.submit(one, member, task) for member in members]):
            yield future.result()


def one(member: Member, task: Task) -> Row:
    """Do it in one repository."""
    if task.verb == "check":
        return checked(member, task.today)
    if task.verb == "plan":
        stamp = f"{task.house}{task.stamp}"
        return forecast(member, lambda it: planned(it.root, task.house, ()), stamp)
    return _updated(member, task)


def _updated(member: Member, task: Task) -> Row:
    def work() -> Row:
        plan, branch = update_on_branch(member.root, lambda root: planned(root, task.house, ()))
        if branch and task.pushes:
            push(member.root, branch)
        return Row(
            name=member.name,
            verb="update",
            state=task.state(member),
            house=plan.house,
            version=plan.before,
            after=plan.after,
            verdicts=dict(Counter(str(one.verdict) for one in plan.told)),
            conflicts=[str(one.path) for one in plan.conflicts],
            branch=branch,
        )

    return whatever_happens(member, "update", work)
