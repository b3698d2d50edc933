"""Catch a key that is misspelt, before it is missed."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from scaffold.check.edit import as_unsafe
from scaffold.check.facts.manifests import PATH, complaint
from scaffold.check.facts.tables import line_of
from scaffold.check.facts.yamls import on_line
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable
from scaffold.house.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

KEYS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "project": {
        **dict.fromkeys(("name", "package", "model_name", "activity", "gate"), str),
        "gates": list,
    },
    "held_constant": dict.fromkeys(("code", "algorithm", "configuration", "data"), bool),
    "reference": {
        **dict.fromkeys(
            (
                *("name", "role", "framework", "paper", "repository", "commit", "version"),
                *(
                    "licence",
                    "trusted_because",
                    "weights",
                    "environment",
                    "config",
                    "spec",
                    "distribution",
                ),
            ),
            str,
        ),
        "files": list,
        "next": dict,
        "arguments": dict,
        "distributions": (dict, list),
    },
    "parity": {
        **dict.fromkeys(("bundle", "reference", "candidate", "map", "full", "cache"), str),
        "budget": int,
    },
    "targets": {"declared": str, "measured": str, "required": list},
    "devices": {"required": list, "wanted": list},
    "budget": dict.fromkeys(("days", "gpu_hours", "runs", "euros"), (int, float)),
    "stop": {
        **dict.fromkeys(("reached", "given_up"), str),
        **dict.fromkeys(("milestone", "band"), (int, float)),
    },
}
"""What the manifest may hold: the tables, their keys, and what a value is."""

_TOP = {*KEYS, "schema", "waiver", "house"}


@rule("MAN002", "manifest-key-unknown", "P01", "P14", fixable=Fixable.UNSAFE)
def manifest_key_unknown(repository: Repository) -> Iterator[Found]:
    """The manifest has a key or a table that nothing reads, or a value of another kind.

    Why: what is misspelt is silently left out.

    Do: write the key that is proposed, or remove it.
    """
    for table, content in repository.manifest.items():
        if table not in _TOP:
            line = line_of(repository, MANIFEST, table) or line_of(repository, MANIFEST, "", table)
            yield Found(where=PATH, line=line, because=f"{table} is unknown{_near(table, _TOP)}")
            continue
        known = KEYS.get(table)
        if known is None or not isinstance(content, dict):
            continue
        for key, value in content.items():
            if key not in known:
                said = f"{table}.{key} is unknown{_near(key, known)}"
                near = get_close_matches(key, list(known), n=1)
                line = line_of(repository, MANIFEST, table, key)
                fix = None
                if near and line and near[0] not in content:
                    fix = on_line(repository, PATH, line, key, near[0], f"write {near[0]}")
                yield complaint(repository, table, key, said, as_unsafe(fix))
            elif not isinstance(value, known[key]):
                yield complaint(
                    repository,
                    table,
                    key,
                    f"{table}.{key} is {type(value).__name__}, {_kind(known[key])}",
                )


def _near(key: str, known: object) -> str:
    near = get_close_matches(key, list(known), n=1)  # type: ignore[call-overload]
    return f"; do you mean {near[0]}?" if near else ""


def _kind(kind: type | tuple[type, ...]) -> str:
    names = [one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,))]
    return f"not {' or '.join(names)}"
