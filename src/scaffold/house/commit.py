"""Make the first commit, by git alone: no hook, signature or template of the user takes part."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from pathlib import Path

_QUIET = {
    "core.hooksPath": os.devnull,
    "core.excludesFile": os.devnull,
    "core.attributesFile": os.devnull,
    "core.autocrlf": "false",
    "core.safecrlf": "false",
    "core.fsmonitor": "false",
    "core.sshCommand": "false",
    "commit.gpgSign": "false",
    "gc.auto": "0",
    "init.templateDir": "",
    "maintenance.auto": "false",
}
OFF = tuple(part for key, value in _QUIET.items() for part in ("-c", f"{key}={value}"))
_NOBODY = {"user.name": "scaffold", "user.email": "scaffold@localhost"}


def has_git() -> bool:
    """Whether there is a git to commit with."""
    return shutil.which("git") is not None


def first_commit(folder: Path, message: str) -> str:
    """Make a repository of a folder and commit all that is in it; gives the commit's id."""
    _git(folder, "init", "--quiet", "--initial-branch=main", "--template=")
    _git(folder, "add", "--all")
    options = ("--quiet", "--no-verify", f"--message={message}")
    _git(folder, "commit", *options, settings=_identity(folder))
    return (folder / ".git/refs/heads/main").read_text(encoding="ascii").strip()


def scrubbed() -> dict[str, str]:
    """Give the environment without the variables that steer git."""
    return {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}


def _identity(folder: Path) -> tuple[str, ...]:
    """Stand in for a name or an address that the user has not configured."""
    known = _git(folder, "config", "--get-regexp", "^user\\.(name|email)$", allowed=(0, 1))
    have = {line.split(" ", 1)[0].lower() for line in known.splitlines()}
    return tuple(
        part
        for key, value in _NOBODY.items()
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
    try:
        done = subprocess.run(
            ["git", *OFF, *settings, verb, *arguments],
            cwd=folder,
            env=scrubbed(),
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise ScaffoldError(
            "there is no git on the PATH",
            where="git",
            remedy="install git, or add --no-git",
        ) from None
    if done.returncode not in allowed:
        said = (done.stderr or done.stdout).strip() or f"exit code {done.returncode}"
        raise ScaffoldError(
            f"the first commit failed: {said}",
            where=f"git {verb}",
            remedy="mend what git names, or add --no-git",
        )
    return done.stdout
