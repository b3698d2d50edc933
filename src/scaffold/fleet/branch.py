"""Update a repository on a branch of its own, in a worktree beside it, as one commit."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.house.git import NOBODY, git
from scaffold.update.carry import carry_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.update.plan import UpdatePlan


def update_on_branch(root: Path, planned: Callable[[Path], UpdatePlan]) -> tuple[UpdatePlan, str]:
    """Plan and carry out in a worktree; what lies in the repository itself is not touched.

    Returns:
        The plan, and the branch; no branch where there is nothing to do or a person has to decide.
    """
    with tempfile.TemporaryDirectory(prefix="scaffold-fleet-") as room:
        tree = Path(room) / root.name
        _git(root, "worktree", "add", "--quiet", "--detach", str(tree), "HEAD")
        try:
            plan = planned(tree)
            if plan.empty or plan.conflicts:
                return plan, ""
            branch = f"scaffold/{plan.house}-{plan.after}"
            carry_out(tree, plan)
            _git(tree, "checkout", "--quiet", "-B", branch)
            _git(tree, "add", "--all")
            said = f"Update from the house {plan.house} {plan.before} to {plan.after}"
            _git(tree, *NOBODY, "commit", "--quiet", "--no-verify", "-m", said)
        finally:
            _git(root, "worktree", "remove", "--force", str(tree))
    return plan, branch


def push(root: Path, branch: str) -> None:
    """Send a branch to the remote that the repository has."""
    remotes = _git(root, "remote").split()
    if not remotes:
        raise ScaffoldError(
            "has no remote to push to", where=str(root), remedy="add one, or leave out --push"
        )
    remote = "origin" if "origin" in remotes else remotes[0]
    _git(root, "push", "--quiet", remote, f"{branch}:{branch}")


def _git(root: Path, *words: str) -> str:
    return git(root, *words, remedy="look at the repository with git")
