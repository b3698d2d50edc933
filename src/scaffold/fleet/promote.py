"""Turn what a repository changed into a change of its house's template, and prove it.

The edit of a file (from what the house gave to what is there) is merged into the template's own
text, where it stays clear of what is rendered. The proof is another rendering: with the answers of
the repository, the new template has to give exactly what the repository holds.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.listing import listing
from scaffold.core.errors import ScaffoldError
from scaffold.fleet.planning import house_of, same_house
from scaffold.generate.engines.asking import Asking
from scaffold.generate.questions import read_form
from scaffold.generate.render import render
from scaffold.generate.screen import template_paths
from scaffold.generate.sources import open_house
from scaffold.house.table import Owner, Row
from scaffold.house.tree import Tree
from scaffold.house.workshop import workshop
from scaffold.update.lines import merge_lines
from scaffold.update.sides import Sides, Theirs, lock_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scaffold.house.plan import File
    from scaffold.house.table import House


@dataclass(frozen=True, kw_only=True, slots=True)
class Promoted:
    """What becomes of the template."""

    changed: Mapping[PurePosixPath, tuple[bytes, bytes]]
    """Files of the house, before and after."""
    proved: tuple[PurePosixPath, ...]
    """Files of the repository that the new template gives exactly."""
    refused: Mapping[PurePosixPath, str]
    """Files whose change cannot be brought in, each with the reason."""


def promote(root: Path, *, house: str, only: Iterable[str]) -> Promoted:
    """Bring the changes of a repository into its house.

    Args:
        root: The repository.
        house: Where the house lies; empty for what the manifest says, else what ships.
        only: Paths of the repository; empty for every changed file that the house shares.
    """
    lock = lock_at(root)
    with workshop(Path(tempfile.gettempdir())) as room:
        found = open_house(house or house_of(root, lock), room)
        same_house(found, lock)
        sources = _sources(found, lock.answers)
        sides = Sides(
            Tree.listed(root, [str(entry.path) for entry in listing(root).tree.entries]),
            Theirs(files={}, owners={}, moved={}, kept={}),
        )
        wanted = set(only)
        changed: dict[PurePosixPath, tuple[bytes, bytes]] = {}
        refused: dict[PurePosixPath, str] = {}
        for path, file in _edited(sides, wanted):
            source = sources.get(path)
            base = sides.base[path].file
            if source is None or base is None:
                refused[path] = "the house has no such file, or its old text is not known"
                continue
            text = (found.root / source).read_bytes()
            merged = merge_lines(base.content, file.content, text)
            if merged is None or not merged.clean:
                refused[path] = "the change touches what the template renders"
            else:
                changed[source] = (text, merged.content)
        for name in wanted - {str(path) for path in sides.base}:
            refused[PurePosixPath(name)] = "is no file of the house"
        proved = _proved(found, changed, sources, sides, room) if changed else ()
    shown = {path for path, source in sources.items() if source in changed}
    for path in shown - set(proved):
        refused[path] = "the new template gives something else with these answers"
    kept = {source: texts for source, texts in changed.items() if _of(sources, source) in proved}
    return Promoted(changed=kept, proved=proved, refused=refused)


def _edited(sides: Sides, wanted: set[str]) -> Iterable[tuple[PurePosixPath, File]]:
    for path, base in sides.base.items():
        file = sides.ours(path)
        chosen = str(path) in wanted if wanted else base.owner is not Owner.USER
        if chosen and file is not None and (base.file is None or base.file.content != file.content):
            yield path, file


def _sources(house: House, answers: Mapping[str, object]) -> dict[PurePosixPath, PurePosixPath]:
    """Say which file of the house gives which file of a repository."""
    form = read_form(house)
    start = PurePosixPath(str(form.settings.get("subdirectory", "")))
    suffix = str(form.settings.get("templates_suffix", ".jinja"))
    tree = Tree.of(house.root)
    plain = set(tree.files)
    found = {}
    for path in template_paths(house, form, tree):
        if start / path in plain:
            placed = Row(path=str(path).removesuffix(suffix), purpose="").at(answers)
            found[placed] = start / path
    return found


def _proved(
    house: House,
    changed: Mapping[PurePosixPath, tuple[bytes, bytes]],
    sources: Mapping[PurePosixPath, PurePosixPath],
    sides: Sides,
    room: Path,
) -> tuple[PurePosixPath, ...]:
    """Render the changed template with the answers of the repository, and compare."""
    copy = room / "promoted"
    tree = Tree.of(house.root)
    for path in tree.files:
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        content = changed[path][1] if path in changed else tree.read(path)
        (copy / path).write_bytes(content)
        (copy / path).chmod((house.root / path).stat().st_mode)
    out = room / "proof"
    out.mkdir()
    known = read_form(house).names
    given = {key: value for key, value in sides.lock.answers.items() if key in known}
    again = render(replace(house, root=copy), Asking(given=given, defaults=True), out)
    proved = []
    for path, source in sources.items():
        there, made = sides.ours(path), again.files.get(path)
        if there is None or made is None or source not in changed:
            continue
        if made.content == there.content:
            proved.append(path)
    return tuple(proved)


def _of(sources: Mapping[PurePosixPath, PurePosixPath], source: PurePosixPath) -> PurePosixPath:
    found = next((path for path, one in sources.items() if one == source), None)
    if found is None:
        raise ScaffoldError(
            "gives no file", where=str(source), remedy="report it with the house that does so"
        )
    return found
