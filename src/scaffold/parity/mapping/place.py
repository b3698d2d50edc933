"""Put a map into its file, and leave alone what a person wrote there."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import torch

from scaffold.core.errors import ScaffoldError
from scaffold.parity import mapfile
from scaffold.parity.mapping.write import text_of
from scaffold.parity.weightmap import WeightMap

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from scaffold.golden import Bundle
    from scaffold.parity.mapping.value import Mapping as Found

PARTIAL = """\
# A part of a map: what a search by replay found, NOT proved as a whole. Every rule here reproduced
# recorded tensors, and the model as a whole does not agree yet. The remarks at the end say what is
# open.
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the file."""

    word: str
    """`written`, `kept` (it says the same), `differs` (a dry run) or `not written`."""
    diff: str = ""


def placed(
    mapping: Found,
    path: Path,
    bundle: Bundle,
    *,
    force: bool = False,
    dry: bool = False,
    partial: bool = False,
) -> Outcome:
    """Write a map that is proved, unless the file says the same already.

    Args:
        mapping: What was found.
        path: The file.
        bundle: The goldens, by whose names two files are compared.
        force: Replace a file that says something else.
        dry: Write nothing, and show what would change.
        partial: Write what was found of a map that is not proved, with what is open as remarks.

    Raises:
        ScaffoldError: The file says something else and `force` is not given, or it cannot be
            written.
    """
    if not mapping.proved and not partial:
        return Outcome("not written")
    text = mapping.text if mapping.proved else _partial(mapping)
    before = _before(path)
    if before is not None and _says_the_same(before, text, bundle, path):
        return Outcome("kept")
    diff = _diff(before or "", text, path)
    if dry:
        return Outcome("differs", diff)
    if before is not None and not force:
        raise ScaffoldError(
            "a map is there already, and it says something else",
            where=str(path),
            remedy="look at the difference with --diff, and replace the file with --force",
        )
    _write(path, text)
    return Outcome("written", diff)


def _partial(mapping: Found) -> str:
    open_rows = [f"open: {one.what}: {one.why}" for one in mapping.refused]
    open_rows += [f"ambiguous: {', '.join(group)}" for group in mapping.ambiguous]
    return text_of(mapping.rules, head=PARTIAL, remarks=open_rows)


def _before(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ScaffoldError(
            f"cannot be read: {error}", where=str(path), remedy="look at the file, or move it away"
        ) from error


def _says_the_same(before: str, text: str, bundle: Bundle, path: Path) -> bool:
    """Whether two files carry the same weights the same way and pair the same parts."""
    if before == text:
        return True
    try:
        rules = [mapfile.parse(one, where=str(path)) for one in (before, text)]
    except ScaffoldError:
        return False
    shapes = {entry.part: entry.shape for entry in bundle.select(role="weight")}
    parts = [row["part"] for row in bundle.table("parts")]
    try:
        one, other = (_meaning(WeightMap(path, rule), shapes, parts) for rule in rules)
    except ScaffoldError:
        return False
    return one == other


def _meaning(
    weights: WeightMap, shapes: Mapping[str, tuple[int, ...]], parts: Iterable[str]
) -> object:
    """Give where every number of theirs goes, and which part of ours stands for each of theirs."""
    begin, state = 0, {}
    for key, shape in shapes.items():
        count = prod(shape)
        state[key] = torch.arange(begin, begin + count).reshape(shape)
        begin += count
    carried = weights.to_ours(state)
    return (
        {key: (value.shape, value.numpy().tobytes()) for key, value in carried.items()},
        {part: weights.part_to_ours(part) for part in parts},
    )


def _diff(before: str, after: str, path: Path) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        f"{path.name} (there)",
        f"{path.name} (found)",
    )
    return "".join(lines)


def _write(path: Path, text: str) -> None:
    """Put a file into its place in one step."""
    beside = path.with_name(f".{path.name}.writing")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ScaffoldError(
            f"cannot be written: {error.strerror}",
            where=str(path),
            remedy="name a file in a folder that exists and is yours",
        ) from error
