"""Repositories for the tests of the checker: a fresh one, and small ones drawn by hand."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from scaffold.check.listing import listing
from scaffold.check.policy import Policy
from scaffold.check.repository import Repository
from scaffold.check.rule import every_rule
from scaffold.check.run import Asked, look

ROOT = Path(__file__).parents[3]
FRESH = ROOT / "examples" / "digits-vit"
TODAY = date(2026, 11, 27)


def fresh(place: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache", "build")
    return Path(shutil.copytree(FRESH, place / "digits-vit", ignore=ignored))


def draw(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def repository(root: Path, policy: Policy | None = None) -> Repository:
    return Repository(listing(root), policy=policy or Policy(), today=TODAY)


def checked(root: Path, *only: str, **asked: object):
    policy = asked.pop("policy", None) or Policy()
    wanted = Asked(rules=every_rule(), today=TODAY, only=frozenset(only), policy=policy, **asked)
    return look(repository(root, policy), wanted).report
