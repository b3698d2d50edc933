"""Remember on which commit each parity test agreed last, in the cache of pytest.

A divergence is found sooner by who knows since when it is there. Nothing is asked of git but the
name of the commit, which is read from its files; without a cache, or without git, nothing is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

    from scaffold.testing.item import ParityItem
    from scaffold.testing.summary import Mark

KEY = "scaffold/agreed"
SHORT = 10


def agreed_at(config: pytest.Config, item: ParityItem) -> str:
    """Give the commit on which a test agreed last; empty when that is not known."""
    cache = getattr(config, "cache", None)
    known = cache.get(KEY, {}) if cache is not None else {}
    return str(known.get(f"{item.rung} {item.name}", ""))


def remember(config: pytest.Config, marks: Sequence[Mark]) -> None:
    """Keep the commit for everything that agreed in this run."""
    cache, commit = getattr(config, "cache", None), commit_of(config.rootpath)
    agreed = {f"{one['rung']} {one['name']}": commit for one in marks if not one["first"]}
    if cache is not None and commit and agreed:
        cache.set(KEY, {**cache.get(KEY, {}), **agreed})


def commit_of(folder: Path) -> str:
    """Give the short name of the commit that a folder stands on; empty where there is none."""
    git = next((one / ".git" for one in (folder, *folder.parents) if (one / ".git").is_dir()), None)
    if git is None:
        return ""
    try:
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head[:SHORT]
        name = head.removeprefix("ref: ")
        loose = git / name
        if loose.is_file():
            return loose.read_text(encoding="utf-8").strip()[:SHORT]
        packed = (git / "packed-refs").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line[:SHORT] for line in packed if line.endswith(f" {name}")), "")
