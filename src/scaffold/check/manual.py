"""Give the page of a rule as a person reads it: what, why, what to do, and an example."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from scaffold.check.rule import every_rule

if TYPE_CHECKING:
    from scaffold.check.rule import Rule

_WIDTH = 96
_CODE = re.compile(r"[A-Z]{3}\d{3}")
_NAME = re.compile(r"[a-z]+(?:-[a-z]+)+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One rule, for people and for programs."""

    text: str
    document: dict[str, Any]


def named(wanted: str) -> Rule | None:
    """Find a rule by its id or its name; None where it is no name of a rule."""
    code, name = wanted.upper(), wanted.lower()
    if not _CODE.fullmatch(code) and not _NAME.fullmatch(name):
        return None
    return next((rule for rule in every_rule() if rule.id == code or rule.name == name), None)


def example(rule: Rule) -> str:
    """Give the broken and the mended example of a rule's page, as Markdown."""
    package, _, module = rule.module.rpartition(".")
    page = files(package).joinpath(f"{module}.md").read_text(encoding="utf-8")
    return page.partition("\n")[2].strip()


def entry(rule: Rule) -> Entry:
    """Give the page of a rule."""
    told = rule.told
    labels = {
        "level": f"{told.level}{f', from gate {rule.gate} on' if rule.gate else ''}",
        "family": told.family,
        "practices": ", ".join(told.practices),
        "fix": {"no": "by hand", "safe": "--fix", "unsafe": "--fix --unsafe"}[told.fixable],
    }
    lines = [f"{told.code}  {told.name}", ""]
    for paragraph in (told.says, f"Why: {told.why}", f"Do: {told.remedy}"):
        lines += [*textwrap.wrap(paragraph, _WIDTH), ""]
    lines += [f"{label:<10} {text}" for label, text in labels.items()]
    lines += ["", example(rule)]
    document = {
        "id": told.code,
        "kind": "rule",
        "name": told.name,
        "family": told.family,
        "level": told.level.value,
        "gate": rule.gate,
        "says": told.says,
        "why": told.why,
        "do": told.remedy,
        "practices": list(told.practices),
        "fix": told.fixable.value,
        "example": example(rule),
    }
    return Entry(text="\n".join(lines), document=document)
