"""What a rule is: an id, a level, the practices it serves, and a function of a repository."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from scaffold.check import rules
from scaffold.core.findings import Fixable, Level, Told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import PurePosixPath

    from scaffold.check.edit import Fix
    from scaffold.check.repository import Repository

    Look = Callable[[Repository], Iterable["Found"]]

FAMILIES = {
    "LAY": "layout",
    "MAN": "manifest",
    "ENV": "environment",
    "CFG": "config",
    "STR": "structure",
    "PAR": "parity",
    "TST": "tests",
    "DAT": "data",
    "TRN": "training",
    "RES": "results",
    "DOC": "documentation",
    "REL": "release",
    "SEC": "security",
    "HYG": "hygiene",
    "DRF": "drift",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """One place that a rule does not accept."""

    where: PurePosixPath
    because: str
    line: int | None = None
    remedy: str = ""
    """What to do here, where that is more than the rule says."""
    fix: Fix | None = None
    gate: str = ""
    """The gate that this one keeps shut, where the rule itself does not say."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One thing that a house asks for. Its page lies beside its file."""

    id: str
    name: str
    level: Level
    practices: tuple[str, ...]
    gate: str
    """Where not empty, the rule is a note until that gate is asked for or claimed."""
    fixable: Fixable
    look: Look
    module: str

    @property
    def family(self) -> str:
        """The family in words."""
        return FAMILIES.get(self.id[:3], "own")

    @property
    def says(self) -> str:
        """What it does not accept, in one sentence."""
        return self._paragraph("")

    @property
    def why(self) -> str:
        """Why a house asks for it."""
        return self._paragraph("Why:")

    @property
    def remedy(self) -> str:
        """What to do."""
        return self._paragraph("Do:")

    @property
    def told(self) -> Told:
        """What it says of itself."""
        return Told(
            code=self.id,
            name=self.name,
            family=self.family,
            level=self.level,
            says=self.says,
            why=self.why,
            remedy=self.remedy,
            practices=self.practices,
            fixable=self.fixable,
        )

    def _paragraph(self, label: str) -> str:
        paragraphs = inspect.cleandoc(self.look.__doc__ or "").split("\n\n")
        wanted = paragraphs[0] if not label else _begins(paragraphs, label)
        return " ".join(wanted.removeprefix(label).split())


def _begins(paragraphs: list[str], label: str) -> str:
    return next((text for text in paragraphs if text.startswith(label)), "")


_known: dict[str, Rule] = {}


def rule(
    code: str,
    name: str,
    *practices: str,
    level: Level = Level.ERROR,
    gate: str = "",
    fixable: Fixable = Fixable.NO,
) -> Callable[[Look], Look]:
    """Register a rule.

    Its docstring has three paragraphs: what it does not accept; `Why:`; `Do:`.
    """

    def keep(look: Look) -> Look:
        if code in _known:
            raise ValueError(f"two rules are called {code}")
        _known[code] = Rule(
            id=code,
            name=name,
            level=level,
            practices=practices,
            gate=gate,
            fixable=fixable,
            look=look,
            module=look.__module__,
        )
        return look

    return keep


@cache
def every_rule() -> tuple[Rule, ...]:
    """Give every rule that ships, in the order of the ids."""
    for name in sorted(_modules()):
        importlib.import_module(name)
    return registered()


def registered() -> tuple[Rule, ...]:
    """Give every rule that was registered so far, in the order of the ids."""
    return tuple(_known[code] for code in sorted(_known))


def _modules() -> Iterator[str]:
    prefix = f"{rules.__name__}."
    for family in pkgutil.iter_modules(rules.__path__, prefix):
        folder = importlib.import_module(family.name)
        for one in pkgutil.iter_modules(folder.__path__, f"{family.name}."):
            yield one.name
