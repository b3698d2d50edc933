"""Make a repository: the whole way from an order to a folder with its first commit."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError
from scaffold.generate.engines.asking import Asking
from scaffold.generate.names import check_component, check_distribution
from scaffold.generate.render import AnswerRefusedError, Rendered, render
from scaffold.generate.repository import repository
from scaffold.generate.sources import open_house
from scaffold.house.apply import apply
from scaffold.house.commit import first_commit
from scaffold.house.git import has_git
from scaffold.house.plan import Plan, check_destination, plan_new
from scaffold.house.shipped import DEFAULT
from scaffold.house.workshop import workshop

if TYPE_CHECKING:
    from collections.abc import Callable

MAKEFILE = PurePosixPath("Makefile")


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What a person wants made."""

    destination: Path
    house: str = DEFAULT
    asking: Asking = field(default_factory=Asking)
    force: bool = False
    git: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What would be made, before anything is."""

    rendered: Rendered
    plan: Plan
    commits: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What was made."""

    commit: str | None = None
    backup: Path | None = None


def propose(
    order: Order,
    *,
    complain: Callable[[ScaffoldError], object] | None = None,
    change: Callable[[Rendered], Rendered] | None = None,
) -> Proposal:
    """Render an order and plan it, changing nothing.

    Args:
        order: What is wanted.
        complain: Told of an answer that was refused after asking, before it is asked again.
        change: Makes another rendering of what the house gives: around a reference.
    """
    destination = settled(order.destination)
    check_component(destination.name, f"destination {destination}")
    check_destination(destination, force=order.force)
    if order.git and not has_git():
        raise ScaffoldError(
            "there is no git on the PATH", where="git", remedy="install git, or add --no-git"
        )
    with workshop(Path(tempfile.gettempdir())) as room:
        house = open_house(order.house, room)
        rendered = _ask_until_good(order.asking, complain, lambda asking, attempt: render(
            house, asking, _folder(room / f"attempt-{attempt}")
        ))  # fmt: skip
    if change is not None:
        rendered = change(rendered)
    plan = plan_new(destination, repository(rendered), force=order.force)
    return Proposal(rendered=rendered, plan=plan, commits=order.git and not plan.occupied)


def make(proposal: Proposal, *, finish: Callable[[Path], object] | None = None) -> Made:
    """Carry out a proposal.

    Args:
        proposal: What to make.
        finish: Completes the folder before its first commit; where it raises, nothing is made.
    """
    commits: list[str] = []
    house = proposal.rendered.house
    message = f"Begin from the house {house.id} {house.version}"

    def completed(folder: Path) -> None:
        if finish is not None:
            finish(folder)
        if proposal.commits:
            commits.append(first_commit(folder, message))

    backup = apply(proposal.plan, finish=completed)
    return Made(commit=commits[0] if commits else None, backup=backup)


def settled(destination: Path) -> Path:
    """Give the absolute path of a destination; its last part is never followed if it is a link."""
    try:
        for parent in destination.parents:
            if parent.is_symlink() and not parent.exists():
                raise ScaffoldError(
                    "is a symbolic link to nowhere", where=str(parent), remedy="mend or remove it"
                )
        if destination.name in ("", ".."):
            return destination.resolve()
        return destination.parent.resolve() / destination.name
    except (OSError, RuntimeError, ValueError) as error:
        raise ScaffoldError(
            f"is no path: {error}", where=f"destination {destination}", remedy="name another place"
        ) from error


def suggested_name(destination: Path) -> str | None:
    """Offer the name of the destination for the repository, where it makes a good one."""
    name = re.sub(r"[^a-z0-9]+", "-", settled(destination).name.lower()).strip("-0123456789")
    try:
        check_distribution(name, "destination")
    except ScaffoldError:
        return None
    return name


def next_commands(proposal: Proposal, shown: str) -> tuple[str, ...]:
    """Say what to type next: what the repository's own Makefile offers, or how to look at it."""
    files = proposal.rendered.files
    makefile = files[MAKEFILE].content.decode(errors="replace") if MAKEFILE in files else ""
    targets = [name for name in ("test", "train") if f"\n{name}:" in f"\n{makefile}"]
    commands = [f"make {name}" for name in targets]
    if not commands:
        commands = ["git log --stat"] if proposal.commits else ["ls -A"]
    return (f"cd {shown}", *commands)


def _ask_until_good(
    asking: Asking,
    complain: Callable[[ScaffoldError], object] | None,
    attempt: Callable[[Asking, int], Rendered],
) -> Rendered:
    """Render, and where a prompt brought a bad answer, ask again with the good ones offered."""
    number = 0
    while True:
        try:
            return attempt(asking, number)
        except AnswerRefusedError as error:
            if not asking.prompt or complain is None:
                raise
            complain(error)
            refused = error.where.removeprefix("answer ")
            good: dict[str, Any] = {k: v for k, v in error.answers.items() if k != refused}
            asking = replace(asking, suggested={**asking.suggested, **good})
            number += 1


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
