"""Make the first commit, by git alone: no hook, signature or template of the user takes part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.house.git import IDENTITY, has_git, run, said

if TYPE_CHECKING:
    from pathlib import Path


def first_commit(folder: Path, message: str) -> str:
    """Make a repository of a folder and commit all that is in it; gives the commit's id."""
    if not has_git():
        raise ScaffoldError(
            "there is no git on the PATH", where="git", remedy="install git, or add --no-git"
        )
    _git(folder, "init", "--quiet", "--initial-branch=main", "--template=")
    _git(folder, "add", "--all")
    options = ("--quiet", "--no-verify", f"--message={message}")
    _git(folder, "commit", *options, settings=_identity(folder))
    return (folder / ".git/refs/heads/main").read_text(encoding="ascii").strip()


def _identity(folder: Path) -> tuple[str, ...]:
    """Stand in for a name or an address that the user has not configured."""
    known = _git(folder, "config", "--get-regexp", "^user\\.(name|email)$", allowed=(0, 1))
    have = {line.split(" ", 1)[0].lower() for line in known.splitlines()}
    return tuple(
        part
        for key, value in IDENTITY.items()
        if key not in have
        for part in ("-c", f"{key}={value}")
    )


def _git(
    folder: Path,
    verb: str,
    *arguments: str,
    settings: tuple[str, ...] = (),
    allowed: tuple[int, ...] = (0,),
) -> str:
    done = run(folder, *settings, verb, *arguments)
    if done.returncode not in allowed:
        raise ScaffoldError(
            f"the first commit failed: {said(done)}",
            where=f"git {verb}",
            remedy="mend what git names, or add --no-git",
        )
    return done.stdout.decode("utf-8", "surrogateescape")
