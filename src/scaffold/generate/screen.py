"""Look a house over before any engine touches it.

A template is a stranger's program. What would run code, reach outside its folder or hide a place
is refused here, by reading alone; the engines check again while they render.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.generate.names import check_component
from scaffold.house.table import Engine, House
from scaffold.house.tree import Kind, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.generate.questions import Form

_RUNS_CODE = {
    Engine.COPIER: {
        "tasks": "runs commands after rendering",
        "migrations": "runs commands on updates",
        "jinja_extensions": "loads Python code",
        "external_data": "reads files beside the template",
    },
    Engine.COOKIECUTTER: {"extensions": "loads Python code"},
}
_SAFE_JINJA_WORDS = """
autoescape block_start_string block_end_string comment_start_string comment_end_string
variable_start_string variable_end_string line_comment_prefix line_statement_prefix
keep_trailing_newline lstrip_blocks newline_sequence trim_blocks undefined
"""
_SAFE_JINJA = frozenset(_SAFE_JINJA_WORDS.split())
_MARKS = ("{{", "{%", "{#")


def screen(house: House, form: Form, tree: Tree, *, trust: bool = False) -> None:
    """Refuse a house that could do more than give text.

    With `trust`, code that the house brings may run; links and paths that leave the folder are
    refused all the same.
    """
    for stranger in tree.strangers:
        raise ScaffoldError(
            f"is a {stranger.kind}, and a house consists of plain files",
            where=house.place(stranger.path),
            remedy="put the file itself into the house",
        )
    if not trust:
        for place, what in _code(house, form, tree):
            raise ScaffoldError(
                f"{what}, and a template runs no code unless you say so",
                where=place,
                remedy="read it, then add --trust if you trust whoever wrote the house",
            )
    _screen_settings(house, form)
    start = str(form.settings.get("subdirectory", "")) if house.engine is Engine.COPIER else ""
    for path in template_paths(house, form, tree):
        for part in path.parts:
            if not any(mark in part for mark in _MARKS):
                check_component(part, house.place(PurePosixPath(start) / path))


def template_paths(house: House, form: Form, tree: Tree) -> Iterator[PurePosixPath]:
    """Give the paths that will be rendered, relative to where rendering begins."""
    if house.engine is Engine.COOKIECUTTER:
        for entry in tree.entries:
            if "{{" in entry.path.parts[0] and "cookiecutter" in entry.path.parts[0]:
                yield entry.path
        return
    start = PurePosixPath(str(form.settings.get("subdirectory", "")))
    for entry in tree.entries:
        if start == PurePosixPath() or entry.path.is_relative_to(start):
            inside = entry.path.relative_to(start)
            if inside.parts:
                yield inside
        elif any(mark in str(start) for mark in _MARKS):
            yield entry.path


def _code(house: House, form: Form, tree: Tree) -> Iterator[tuple[str, str]]:
    for key, does in _RUNS_CODE[house.engine].items():
        if form.settings.get(key):
            yield house.place(form.source.name), f"_{key} {does}"
    if house.engine is Engine.COOKIECUTTER:
        for entry in tree.entries:
            if entry.path.parts[0] == "hooks" and entry.kind is Kind.FILE:
                yield house.place(entry.path), "is a hook, which runs when rendering"


def _screen_settings(house: House, form: Form) -> None:
    where = house.place(form.source.name)
    if house.engine is Engine.COPIER:
        _contained(form.settings.get("subdirectory", ""), "_subdirectory", where)
        _contained(form.settings.get("answers_file", ""), "_answers_file", where)
        _jinja_settings(form.settings.get("envops") or {}, "_envops", where)
        secret = list(form.settings.get("secret_questions") or [])
    else:
        _jinja_settings(form.settings.get("jinja2_env_vars") or {}, "_jinja2_env_vars", where)
        _refuse_nested(form, where)
        secret = []
    secret += [question.name for question in form.questions if question.secret]
    if secret:
        raise ScaffoldError(
            f"asks for a secret: {secret[0]!r}",
            where=where,
            remedy="let the program read it from its environment; answers are kept in files",
        )


def _contained(value: object, key: str, where: str) -> None:
    path = PurePosixPath(str(value).replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0]):
        raise ScaffoldError(
            f"{key} is {value!r}, which leaves the house",
            where=where,
            remedy="name a folder inside the house",
        )


def _jinja_settings(settings: object, key: str, where: str) -> None:
    names = settings if isinstance(settings, dict) else {str(settings): None}
    for name in names:
        if name not in _SAFE_JINJA:
            raise ScaffoldError(
                f"{key} sets {name!r}, which could run code",
                where=where,
                remedy=f"set only delimiters and white space: {', '.join(sorted(_SAFE_JINJA))}",
            )


def _refuse_nested(form: Form, where: str) -> None:
    for name in ("template", "templates"):
        if name in form.names:
            raise ScaffoldError(
                f"{name!r} makes it a template of templates",
                where=where,
                remedy="name the folder of the one that you want",
            )
