"""Look at a house before anybody uses it: what would fail later, or silently do something else."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.core.findings import Finding, Level, Report
from scaffold.generate.engines.asking import Asking
from scaffold.generate.questions import read_form
from scaffold.generate.render import render
from scaffold.generate.screen import template_paths
from scaffold.house.table import TABLE, Engine, Row
from scaffold.house.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.generate.questions import Form
    from scaffold.house.table import House

_ACTIONS = re.compile(rb"\$\{\{")


def lint(house: House, room: Path) -> Report:
    """Look at a house; one that carries code is refused before it is looked at.

    Args:
        house: The house.
        room: An empty folder of our own, to render in.
    """
    form = read_form(house)
    tree = Tree.of(house.root)
    found = [*_questions(form), *_rows(house, form, tree)]
    if not found:
        found += _rendered(house, form, tree, room)
    return Report(findings=tuple(found), rules=4, files=len(tree.files))


def _questions(form: Form) -> Iterator[Finding]:
    for question in form.questions:
        if question.default is None and question.when is not False:
            said = f"the question {question.name} has no default"
            remedy = "give it one: an update asks nobody"
            yield _finding("HSE001", "question-without-default", form.source.name, said, remedy)


def _rows(house: House, form: Form, tree: Tree) -> Iterator[Finding]:
    """Every path has its row, and every row its path."""
    if not house.rows or house.engine is not Engine.COPIER:
        return
    start = PurePosixPath(str(form.settings.get("subdirectory", "")))
    suffix = str(form.settings.get("templates_suffix", ".jinja"))
    plain = set(tree.files)
    given = {
        str(path).removesuffix(suffix)
        for path in template_paths(house, form, tree)
        if start / path in plain
    }
    rows = {row.path for row in house.rows if not row.is_folder}
    for path in sorted(given - rows):
        said = f"{path} has no row"
        yield _finding("HSE002", "path-without-row", TABLE, said, "write purpose and owner")
    for path in sorted(rows - given):
        said = f"{path} has a row and is not there"
        yield _finding(
            "HSE003", "row-without-path", TABLE, said, "write the file, or remove the row"
        )


def _rendered(house: House, form: Form, tree: Tree, room: Path) -> Iterator[Finding]:
    """Expressions of a workflow survive being rendered."""
    made = render(house, Asking(defaults=True), room)
    start = PurePosixPath(str(form.settings.get("subdirectory", "")))
    suffix = str(form.settings.get("templates_suffix", ".jinja"))
    for path in template_paths(house, form, tree):
        if start / path not in set(tree.files):
            continue
        placed = Row(path=str(path).removesuffix(suffix), purpose="").at(made.answers)
        file = made.files.get(placed)
        wanted = len(_ACTIONS.findall(tree.read(start / path)))
        there = len(_ACTIONS.findall(file.content)) if file is not None else wanted
        if there < wanted:
            said = f"{wanted - there} of {wanted} ${{{{ }}}} are rendered away in {path}"
            remedy = "let the file be copied (without the suffix), or put it into a raw block"
            yield _finding("HSE004", "expression-rendered-away", str(start / path), said, remedy)


def _finding(code: str, rule: str, where: str, said: str, remedy: str) -> Finding:
    return Finding(
        code=code,
        rule=rule,
        level=Level.ERROR,
        where=PurePosixPath(where),
        because=said,
        remedy=remedy,
    )
