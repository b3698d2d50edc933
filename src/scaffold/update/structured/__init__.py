"""Merge TOML, YAML and JSON by their keys, comments kept; where that is unclear, not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.update.structured import jsons, tomls, yamls

if TYPE_CHECKING:
    from pathlib import PurePosixPath

_FORMS = {
    ".toml": ("toml", tomls.merge),
    ".yaml": ("yaml", yamls.merge),
    ".yml": ("yaml", yamls.merge),
    ".json": ("json", jsons.merge),
}
LARGEST = 500_000
"""Bytes; a larger file is no file of settings."""


def merge_structured(
    path: PurePosixPath, base: bytes, ours: bytes, theirs: bytes
) -> tuple[str, bytes] | None:
    """Merge a file of settings; gives the form and the text, None where lines have to do.

    A result is given only where it holds what both sides made of the values, and every comment of
    either.
    """
    form = _FORMS.get(path.suffix)
    if form is None or max(map(len, (base, ours, theirs))) > LARGEST:
        return None
    name, merge = form
    try:
        texts = [content.decode() for content in (base, ours, theirs)]
    except UnicodeDecodeError:
        return None
    if any("\r" in text or text.startswith("\ufeff") for text in texts):
        return None
    merged = merge(*texts)
    if merged is None or not _keeps_comments(merged, *texts):
        return None
    return name, merged.encode()


def _keeps_comments(merged: str, base: str, ours: str, theirs: str) -> bool:
    """Whether every comment that a side has, and the other did not remove, is still there."""
    known = {side: set(_comments(text)) for side, text in
             (("base", base), ("ours", ours), ("theirs", theirs))}  # fmt: skip
    wanted = {
        one
        for one in known["ours"] | known["theirs"]
        if one not in known["base"] or (one in known["ours"] and one in known["theirs"])
    }
    return wanted <= set(_comments(merged))


def _comments(text: str) -> list[str]:
    return [line.partition("#")[2].strip() for line in text.splitlines() if "#" in line]
