"""Find what is known of a practice, a defect or a gate, by its id."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Mapping

_FAMILIES = {"P": "practices", "D": "defects", "G": "gates"}
_KINDS = {"P": "practice", "D": "defect", "G": "gate"}
_WORD = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z]+)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What is known of one id."""

    id: str
    kind: str
    title: str
    part: str
    text: str = ""
    check: str = ""
    """How one can tell that a practice is followed."""
    seen_by: str = ""
    """The probes that see a defect."""
    blind: str = ""
    """The probes that pass although the defect is there."""
    evidence: str = ""
    """What shows that a gate is passed."""
    source: str = ""


def find_page(wanted: str) -> Page:
    """Give the page of an id: `P13`, `d47`, `G4a`."""
    wanted = wanted.strip()
    family = _FAMILIES.get(wanted[:1].upper())
    pages = {} if family is None else {page.id.casefold(): page for page in read_pages(family)}
    for spelling in (wanted, wanted[:1] + wanted[1:].zfill(2)):
        if spelling.casefold() in pages:
            return pages[spelling.casefold()]
    known = [page.id for name in _FAMILIES.values() for page in read_pages(name)]
    near = get_close_matches(wanted.upper(), known, n=3, cutoff=0.5)
    ranges = "P01 to P64, D01 to D174, G0 to G12"
    raise ScaffoldError(
        f"{wanted!r} is no practice, defect or gate",
        where="explain",
        remedy=f"did you mean {' or '.join(near)}?" if near else f"use one of {ranges}",
    )


def read_pages(family: str) -> tuple[Page, ...]:
    """Read one family: practices, defects or gates."""
    entries = _toml(f"{family}.toml")["page"]
    return tuple(Page(kind=_KINDS[entry["id"][0]], **entry) for entry in entries)


def abbreviations(page: Page) -> dict[str, str]:
    """Say what the abbreviations that a page uses stand for."""
    table = _toml("abbreviations.toml")
    probes, sources = table["probes"], table["sources"]
    used = {w: probes[w] for w in _words(f"{page.seen_by} {page.blind} {page.text}") if w in probes}
    for word in _words(page.source):
        key = re.sub(r"^([LP])[1-6]$", r"\g<1>1", word)
        if key in sources:
            used[key] = sources[key]
    return used


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(_WORD.findall(text)))


def _toml(name: str) -> Mapping[str, Any]:
    return tomllib.loads((files("scaffold.house") / "catalogue" / name).read_text(encoding="utf-8"))
