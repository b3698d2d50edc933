"""Turn a house and answers into files, as a value: nothing is written but in a room of our own."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError
from scaffold.generate.answers import fit
from scaffold.generate.engines import cookiecutter, copier
from scaffold.generate.engines.asking import Asking
from scaffold.generate.names import check_component
from scaffold.generate.questions import read_form
from scaffold.generate.roles import check_roles, roles
from scaffold.generate.screen import screen, template_paths
from scaffold.house.plan import File
from scaffold.house.table import Engine, House
from scaffold.house.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path, PurePosixPath

    from scaffold.generate.questions import Form

MOST_FILES = 20_000
_ENGINES = {Engine.COPIER: copier.render, Engine.COOKIECUTTER: cookiecutter.render}


class AnswerRefusedError(ScaffoldError):
    """An answer that came from a prompt or a default is no good; the others can be kept."""

    def __init__(self, cause: ScaffoldError, answers: Mapping[str, Any]) -> None:
        super().__init__(cause.what, where=cause.where, remedy=cause.remedy)
        self.answers = answers


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """What a house gives with these answers."""

    house: House
    answers: Mapping[str, Any]
    files: Mapping[PurePosixPath, File]
    tree_hash: str
    """The hash of the house's own files."""


def render(house: House, asking: Asking, room: Path) -> Rendered:
    """Render a house.

    Args:
        house: The house; its folder must not change meanwhile.
        asking: The answers that are there, and how to get the others.
        room: An empty folder of our own.
    """
    form = read_form(house)
    tree = Tree.of(house.root)
    screen(house, form, tree, trust=asking.trust)
    given = fit(asking.given, form)
    becomes = roles(house, template_paths(house, form, tree), form.names)
    check_roles(given, becomes)
    _refuse_gaps(form, given, asking)
    out, answers = _ENGINES[house.engine](
        house,
        form,
        Asking(
            given=given,
            prompt=asking.prompt,
            suggested={k: v for k, v in asking.suggested.items() if k in form.names},
            trust=asking.trust,
        ),
        room,
    )
    try:
        fit(answers, form)
        check_roles(answers, becomes)
    except ScaffoldError as error:
        raise AnswerRefusedError(error, answers) from error
    return Rendered(house=house, answers=answers, files=collect(out), tree_hash=tree.digest())


def _refuse_gaps(form: Form, given: Mapping[str, Any], asking: Asking) -> None:
    """Refuse to guess what nobody can be asked for."""
    gaps = [q.name for q in form.questions if q.name not in given and q.when is not False]
    if gaps and not asking.prompt and not asking.defaults:
        raise ScaffoldError(
            f"no answer for {', '.join(gaps)}, and no terminal to ask on",
            where="answers",
            remedy="add --defaults to take the defaults, or give answers by --set or --answers",
        )


def collect(out: Path) -> dict[PurePosixPath, File]:
    """Read what an engine made, and refuse what must not reach a repository."""
    tree = Tree.of(out, left_out=frozenset())
    for stranger in tree.strangers:
        raise ScaffoldError(
            f"was rendered as a {stranger.kind}",
            where=str(stranger.path),
            remedy="let the house consist of plain files",
        )
    if len(tree.entries) > MOST_FILES:
        raise ScaffoldError(
            f"gives {len(tree.entries)} paths", where=str(out), remedy=f"stay below {MOST_FILES}"
        )
    seen: dict[str, PurePosixPath] = {}
    for entry in tree.entries:
        check_component(entry.path.name, f"rendered path {entry.path}")
        folded = unicodedata.normalize("NFC", str(entry.path)).casefold()
        if folded in seen:
            raise ScaffoldError(
                f"differs from {str(seen[folded])!r} by capitals alone",
                where=f"rendered path {entry.path}",
                remedy="rename one of them; many disks cannot hold both",
            )
        seen[folded] = entry.path
    executable = {entry.path: entry.executable for entry in tree.entries}
    return {path: File(content=tree.read(path), executable=executable[path]) for path in tree.files}
