"""Derive a Cookiecutter template from a Copier one, without hooks.

Cookiecutter knows no conditional files. What it does with names (measured on 2.7.1) is enough:

- A file whose name renders to nothing is left out. So a conditional file has a name that is
  empty where the file is not wanted; it cannot be listed under `_copy_without_render`, which
  would fail, and keeps its text by a raw block instead.
- A folder must not be there when its turn comes, so a conditional folder needs another name where
  it is not wanted, of a folder that is wanted anyway. It takes the name of a folder at the top
  which comes into being with its own subfolder: that subfolder is written as one name with a
  slash in it, and sorts behind.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from glob import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError
from scaffold.generate.questions import Form, Question, read_form
from scaffold.generate.rewrite import Rewriter
from scaffold.generate.screen import screen
from scaffold.house.plan import File
from scaffold.house.table import TABLE, Engine, House
from scaffold.house.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

SLASH = "{{cookiecutter._slash}}"
LATE = "{{cookiecutter._late}}"
"""Renders to nothing, and sorts a name behind those of conditional folders."""
_SETTINGS = frozenset({"subdirectory", "templates_suffix", "envops", "exclude"})
_KINDS = frozenset({"str", "bool"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One file of a template, on its way from one engine to the other."""

    path: PurePosixPath
    """As it will be in a repository, with variables rewritten."""
    file: File
    rendered: bool
    condition: str = ""


def export(house: House) -> dict[PurePosixPath, File]:
    """Give the files of a Cookiecutter template that renders as the house does."""
    form = read_form(house)
    tree = Tree.of(house.root)
    screen(house, form, tree)
    _check(house, form)
    rewriter = Rewriter(form.names)
    parts = _parts(house, form, tree, rewriter)
    folders = Folders.of(parts)
    top = PurePosixPath(f"{{{{cookiecutter.{form.names[0]}}}}}")
    files: dict[PurePosixPath, File] = {}
    verbatim: list[str] = []
    for part in parts:
        place = folders.place(part)
        if not part.rendered and not part.condition:
            verbatim.append(escape(str(place)))
        files[top / place] = _file(part, str(part.path))
    files[PurePosixPath("cookiecutter.json")] = _questions(form, rewriter, verbatim)
    if PurePosixPath(TABLE) in tree.files:
        table = tree.read(PurePosixPath(TABLE)).decode()
        table = table.replace('engine = "copier"', 'engine = "cookiecutter"')
        files[PurePosixPath(TABLE)] = File(content=table.encode())
    return files


def _check(house: House, form: Form) -> None:
    """Refuse what Cookiecutter has no word for, rather than export something else."""
    where = house.place(form.source.name)
    if house.engine is not Engine.COPIER:
        raise ScaffoldError(
            f"is a {house.engine} template already", where=house.place(), remedy="use it as it is"
        )
    for key in form.settings:
        if key not in _SETTINGS and not key.startswith(("message_", "min_copier_version")):
            raise ScaffoldError(
                f"_{key} has no counterpart in Cookiecutter", where=where, remedy="do without it"
            )
    if not form.questions:
        raise ScaffoldError("asks nothing", where=where, remedy="ask for a name at least")
    for question in form.questions:
        if question.kind not in _KINDS or question.several or question.when is not True:
            raise ScaffoldError(
                f"question {question.name!r} has no counterpart in Cookiecutter",
                where=where,
                remedy="ask for texts, choices and yes or no, always",
            )


def _parts(house: House, form: Form, tree: Tree, rewriter: Rewriter) -> tuple[Part, ...]:
    start = PurePosixPath(str(form.settings.get("subdirectory", "")))
    suffix = str(form.settings.get("templates_suffix") or ".jinja")
    always, sometimes = _excluded(house, form, rewriter)
    executable = {entry.path: entry.executable for entry in tree.entries}
    parts = []
    for path in tree.files:
        if not path.is_relative_to(start):
            continue
        inside = path.relative_to(start)
        rendered = inside.name.endswith(suffix)
        if rendered:
            inside = inside.with_name(inside.name.removesuffix(suffix))
        if any(fnmatchcase(part, pattern) for part in inside.parts for pattern in always):
            continue
        where = house.place(path)
        content = tree.read(path)
        if rendered:
            content = rewriter.rewrite(content.decode(), where).encode()
        conditions = [sometimes[a] for a in (inside, *inside.parents) if a in sometimes]
        parts.append(
            Part(
                path=PurePosixPath(rewriter.rewrite(str(inside), where)),
                file=File(content=content, executable=executable[path]),
                rendered=rendered,
                condition=" and ".join(f"not ({condition})" for condition in conditions),
            )
        )
    return tuple(parts)


def _excluded(
    house: House, form: Form, rewriter: Rewriter
) -> tuple[tuple[str, ...], Mapping[PurePosixPath, str]]:
    """Give the names that are always left out, and the paths with the condition to leave out."""
    where = house.place(form.source.name)
    always: list[str] = []
    sometimes: dict[PurePosixPath, str] = {}
    for pattern in map(str, form.settings.get("exclude", ())):
        found = rewriter.condition(pattern, where)
        if found is None and "/" not in pattern:
            always.append(pattern)
        elif found is not None and not set(found[1]) & set("*?[!\n") and found[1].startswith("/"):
            sometimes[PurePosixPath(found[1].strip("/"))] = found[0]
        else:
            raise ScaffoldError(
                f"the pattern {pattern!r} has no counterpart in Cookiecutter",
                where=where,
                remedy="exclude one path, from the root and without wildcards: /docs/index.md",
            )
    return tuple(always), sometimes


def _file(part: Part, where: str) -> File:
    """Keep the text of a conditional file that is not to be rendered."""
    content = part.file.content
    if (part.rendered or part.condition) and b"\r" in content:
        raise ScaffoldError(
            "has line ends that Cookiecutter would change",
            where=where,
            remedy="end its lines with a line feed alone",
        )
    if part.rendered or not part.condition or b"\0" in content:
        return part.file
    text = content.decode()
    if "endraw" in text:
        text = re.sub(r"\{[{%#]", lambda mark: "{{'" + mark[0] + "'}}", text)
    else:
        text = f"{{% raw %}}{text}{{% endraw %}}"
    return File(content=text.encode(), executable=part.file.executable)


def _questions(form: Form, rewriter: Rewriter, verbatim: list[str]) -> File:
    content: dict[str, Any] = {q.name: _default(q, rewriter) for q in form.questions}
    content["_slash"] = "/"
    content["_late"] = ""
    content["_copy_without_render"] = sorted(verbatim)
    content["__prompts__"] = {q.name: q.help for q in form.questions if q.help}
    return File(content=(json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())


def _default(question: Question, rewriter: Rewriter) -> object:
    where = f"question {question.name}"
    if question.choices:
        rest = [choice for choice in question.choices if choice != question.default]
        return [question.default, *rest]
    if isinstance(question.default, bool):
        return question.default
    return rewriter.rewrite(str(question.default), where)


@dataclass(frozen=True, kw_only=True, slots=True)
class Folders:
    """Where each folder of the repository lies in the template."""

    places: Mapping[PurePosixPath, PurePosixPath]

    @classmethod
    def of(cls, parts: tuple[Part, ...]) -> Folders:
        """Find names for the conditional folders, and move what has to make way."""
        always = {f for part in parts if not part.condition for f in part.path.parents}
        conditions: dict[PurePosixPath, set[str]] = {}
        for part in parts:
            for folder in part.path.parents:
                if part.condition and folder not in always:
                    conditions.setdefault(folder, set()).add(part.condition)
        spare = _spare(always)
        places: dict[PurePosixPath, PurePosixPath] = dict.fromkeys(conditions, PurePosixPath())
        for leaf in sorted(conditions):
            if any(leaf in other.parents for other in conditions):
                continue
            if not spare:
                raise ScaffoldError(
                    f"the conditional folder {str(leaf)!r} needs another one at the top that is "
                    "always there and has a subfolder",
                    where="export",
                    remedy="make the folder unconditional",
                )
            top, subfolders = spare.pop(0)
            condition = " or ".join(f"({each})" for each in sorted(conditions[leaf]))
            places[leaf] = PurePosixPath(_either(condition, _joined(leaf), str(top)))
            places[top] = PurePosixPath()
            places |= {folder: PurePosixPath(LATE + _joined(folder)) for folder in subfolders}
        return cls(places=places)

    def place(self, part: Part) -> PurePosixPath:
        """Give the path of a file in the template."""
        known = next((f for f in part.path.parents if f in self.places), None)
        if known is None:
            return part.path.with_name(_named(part.path.name, part.condition))
        inside = part.path.relative_to(known)
        place = self.places[known]
        if place.parts:
            return place / inside.with_name(_named(inside.name, part.condition))
        name = _joined(part.path)
        return PurePosixPath(_named(name, part.condition))


def _spare(
    always: set[PurePosixPath],
) -> list[tuple[PurePosixPath, tuple[PurePosixPath, ...]]]:
    """Give the folders at the top that have subfolders, the smallest first."""
    tops = [folder for folder in sorted(always) if len(folder.parts) == 1]
    found = [(top, tuple(f for f in sorted(always) if f.parent == top)) for top in tops]
    return sorted(
        ((top, subfolders) for top, subfolders in found if subfolders),
        key=lambda pair: sum(pair[0] in folder.parents for folder in always),
    )


def _joined(path: PurePosixPath) -> str:
    return SLASH.join(path.parts)


def _named(name: str, condition: str) -> str:
    return _either(condition, name) if condition else name


def _either(condition: str, one: str, other: str = "") -> str:
    if set(condition) & set('/\\<>:"|?*'):
        raise ScaffoldError(
            f"the condition {condition!r} cannot stand in a file name",
            where="export",
            remedy="compare answers with == and != and texts in single quotes",
        )
    return f"{{% if {condition} %}}{one}{'{% else %}' + other if other else ''}{{% endif %}}"
