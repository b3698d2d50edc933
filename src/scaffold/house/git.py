"""Run git so that nothing of the user's steers it: no hook, signature, template or variable."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Mapping
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
IDENTITY = {"user.name": "scaffold", "user.email": "scaffold@localhost"}
"""Who commits where the user's name does not matter, or is not known."""
NOBODY = tuple(part for key, value in IDENTITY.items() for part in ("-c", f"{key}={value}"))


def has_git() -> bool:
    """Whether there is a git to run."""
    return shutil.which("git") is not None


def scrubbed() -> dict[str, str]:
    """Give the environment without the variables that steer git."""
    return {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}


def run(
    folder: Path,
    *words: str,
    given: bytes | None = None,
    settings: Mapping[str, str] | None = None,
    seconds: float | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder, whatever comes out of it.

    Args:
        folder: Where.
        words: What stands after `git`.
        given: What it reads.
        settings: Variables of the environment beside those that are there.
        seconds: How long it may take.

    Raises:
        ScaffoldError: There is no git, or it takes longer.
    """
    try:
        return subprocess.run(
            ["git", *OFF, *words],
            cwd=folder,
            env=scrubbed() | dict(settings or {}),
            input=given or b"",
            capture_output=True,
            check=False,
            timeout=seconds,
        )
    except FileNotFoundError:
        raise ScaffoldError(
            "there is no git on the PATH", where="git", remedy="install git"
        ) from None
    except subprocess.TimeoutExpired:
        raise ScaffoldError(
            f"takes longer than {seconds:g} s",
            where=f"git {words[0]}",
            remedy="try again, or look at what it waits for",
        ) from None


def git(folder: Path, *words: str, remedy: str, given: bytes | None = None) -> str:
    """Run git in a folder; gives what it writes.

    Raises:
        ScaffoldError: There is no git, or it fails; `remedy` says what to do then.
    """
    done = run(folder, *words, given=given)
    if done.returncode:
        verb = next(word for word in _without_settings(words))
        raise ScaffoldError(f"git {verb}: {said(done)}", where=str(folder), remedy=remedy)
    return done.stdout.decode("utf-8", "surrogateescape")


def said(done: subprocess.CompletedProcess[bytes]) -> str:
    """Give what git said of its failure."""
    text = (done.stderr or done.stdout).decode(errors="replace").strip()
    return text or f"exit code {done.returncode}"


def _without_settings(words: tuple[str, ...]) -> tuple[str, ...]:
    while words[0] == "-c":
        words = words[2:]
    return words
