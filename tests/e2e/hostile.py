"""The hostile inputs: what is given, and what has to be said about it.

Each case draws its world below a folder and gives the arguments of `scaffold new`, what the
message must say, and where.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

QUESTIONS = """
_subdirectory: repository
_envops: {undefined: jinja2.StrictUndefined}
name: {type: str, default: my-net}
package: {type: str, default: "{{ name | replace('-', '_') }}"}
ci: {type: str, default: github, choices: [github, none]}
"""
COOKIES = {"slug": "my-net", "module": "my_net", "ci": ["github", "none"]}


@dataclass(frozen=True)
class Case:
    """One hostile input."""

    name: str
    arguments: Callable[[Path], list[str]]
    what: str
    where: str


def copier_house(root: Path, files: dict[str, str] | None = None, extra: str = "") -> Path:
    """Draw a small Copier house."""
    wanted = {
        "copier.yml": QUESTIONS + extra,
        "house.toml": 'schema = 1\nid = "small"\nversion = "1"\n[names]\nname = "distribution"\n',
        "repository/README.md.jinja": "# {{ name }}\n",
        "repository/src/{{ package }}/__init__.py": "",
    }
    return draw(root, wanted | (files or {}))


def cookie_house(root: Path, files: dict[str, str] | None = None, **extra: object) -> Path:
    """Draw a small Cookiecutter house."""
    wanted = {
        "cookiecutter.json": json.dumps(COOKIES | extra),
        "{{cookiecutter.slug}}/README.md": "# {{ cookiecutter.slug }}\n",
        "{{cookiecutter.slug}}/{{cookiecutter.module}}/__init__.py": "",
    }
    return draw(root, wanted | (files or {}))


def snapshot(root: Path) -> dict[str, tuple[int, str, int]]:
    """Everything below a folder: kind, rights, content, time of change, and where links lead."""
    seen = {}
    for folder, folders, files in os.walk(root):
        for name in [*folders, *files]:
            path = Path(folder) / name
            status = path.lstat()
            content = str(path.readlink()) if path.is_symlink() else ""
            if path.is_file() and not path.is_symlink():
                content = hashlib.sha256(path.read_bytes()).hexdigest()
            # A workshop that came and went leaves its mark on the time of the folder it was in.
            changed = 0 if path.is_dir() else status.st_mtime_ns
            seen[str(path.relative_to(root))] = (status.st_mode, content, changed)
    return seen


def draw(root: Path, files: dict[str, str]) -> Path:
    """Write files below a folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def _set(answer: str) -> Callable[[Path], list[str]]:
    return lambda at: ["out", "--defaults", "--house", str(copier_house(at / "h")), "--set", answer]


def _file(name: str, text: str) -> Callable[[Path], list[str]]:
    def arguments(at: Path) -> list[str]:
        draw(at, {name: text})
        house = copier_house(at / "h")
        return ["out", "--defaults", "--house", str(house), "--answers", name]

    return arguments


def _to(destination: str, prepare: Callable[[Path], object] = lambda _: None, *more: str):
    def arguments(at: Path) -> list[str]:
        prepare(at)
        return [destination, "--defaults", "--house", str(copier_house(at / "h")), *more]

    return arguments


def _house(
    files: dict[str, str] | None = None,
    extra: str = "",
    prepare: Callable[[Path], object] = lambda _: None,
) -> Callable[[Path], list[str]]:
    def arguments(at: Path) -> list[str]:
        house = copier_house(at / "h", files, extra)
        prepare(house)
        return ["out", "--defaults", "--house", "h"]

    return arguments


def _cookies(
    files: dict[str, str] | None = None,
    *more: str,
    prepare: Callable[[Path], object] = lambda _: None,
    **extra: object,
) -> Callable[[Path], list[str]]:
    def arguments(at: Path) -> list[str]:
        house = cookie_house(at / "h", files, **extra)
        prepare(house)
        return ["out", "--defaults", "--house", "h", *more]

    return arguments


def _source(source: str) -> Callable[[Path], list[str]]:
    return lambda _: ["out", "--defaults", "--house", source]


def _names() -> list[Case]:
    bad_packages = {
        "a keyword": ("class", "is a keyword of Python"),
        "a soft keyword": ("match", "is a keyword of Python"),
        "a standard module": ("json", "is a module of the standard library"),
        "torch": ("torch", "is the import name of a library"),
        "lightning": ("lightning", "is the import name of a library"),
        "hydra": ("hydra", "is the import name of a library"),
        "sklearn": ("sklearn", "is the import name of a library"),
        "scaffold itself": ("scaffold", "is the import name of a library"),
        "the tests": ("tests", "is the name of something else"),
        "a path": ("a/b", "holds a path separator"),
        "a way up": ("../../escaped", "holds a path separator"),
        "two dots": ("..", "is no name"),
        "a backslash": ("a\\b", "holds a path separator"),
        "a device": ("con", "is the name of a device on Windows"),
        "a device with a suffix": ("nul.txt", "is the name of a device on Windows"),
        "a stream": ("x:y", "holds one of < > :"),
        "too long": ("n" * 65, "is longer than 64 characters"),
        "longer than a disk allows": ("n" * 300, "is longer than 200 bytes"),
        "a leading hyphen": ("-rf", "begins with a hyphen"),
        "a leading dot": (".hidden", "is no Python identifier"),
        "a trailing dot": ("net.", "ends with a dot"),
        "a trailing space": ("net ", "ends with a dot"),
        "a look-alike letter": ("n\u0435t", "outside of ASCII"),
        "a decomposed letter": ("cafe\u0301", "not in the normal form NFC"),
        "a leading digit": ("1net", "is no Python identifier"),
        "capitals": ("Net", "holds capitals"),
        "nothing": ("", "is no name"),
        "git's folder": (".GIT", "is where git keeps"),
    }
    cases = [
        Case(f"package: {name}", _set(f"package={value}"), what, "answer package")
        for name, (value, what) in bad_packages.items()
    ]
    bad_names = {
        "a library": ("torch", "is the name of a library"),
        "a library in other letters": ("scikit-learn", "is the name of a library"),
        "a way up": ("../../x", "holds a path separator"),
        "capitals and spaces": ("My Net", "is no distribution name"),
        "text that turns round": ("net\u202egpj", "RIGHT-TO-LEFT OVERRIDE"),
        "a zero-width space": ("my\u200bnet", "ZERO WIDTH SPACE"),
        "a bell": ("net\x07", "U+0007"),
        "a default that follows from it": ("class", "is a keyword of Python"),
    }
    return cases + [
        Case(f"name: {name}", _set(f"name={value}"), what, "answer ")
        for name, (value, what) in bad_names.items()
    ]


def _answers() -> list[Case]:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(9)
    )
    deep = "name: " + "[" * 5000 + "]" * 5000
    return [
        Case("answer: unknown", _set("nmae=x"), "did you mean 'name'", "answer nmae"),
        Case("answer: no choice", _set("ci=githb"), "did you mean 'github'", "answer ci"),
        Case("answer: no value", _set("name"), "is no answer", "--set"),
        Case("answer: private", _set("_src_path=/etc"), "nothing of this name", "answer _src_path"),
        Case(
            "answers: a tag", _file("a.yml", "name: !!python/object:os.x {}"), "no plain", "a.yml"
        ),
        Case("answers: an include", _file("a.yml", "name: !include /etc/x"), "no plain", "a.yml"),
        Case("answers: a bomb", _file("a.yml", bomb), "unfolds into more than", "a.yml"),
        Case("answers: a circle", _file("a.yml", "name: &a [*a]"), "50 levels", "a.yml"),
        Case("answers: too deep", _file("a.yml", deep), "", "a.yml"),
        Case("answers: a list", _file("a.json", "[1]"), "is no table", "a.json"),
        Case("answers: half a file", _file("a.toml", "name = "), "is no plain TOML", "a.toml"),
        Case("answers: a date", _file("a.yml", "name: 2001-01-01"), "holds a date", "a.yml"),
        Case("answers: huge", _file("a.json", " " * 1_000_001), "larger than", "a.json"),
        Case("answers: another language", _file("a.ini", "x"), "ends with '.ini'", "a.ini"),
        Case("answers: a number as a key", _file("a.yml", "1: x"), "is no table", "a.yml"),
        Case(
            "answers: not there", _to("out", lambda _: None, "--answers", "no.toml"), "read", "no"
        ),
    ]


def _destinations() -> list[Case]:
    def link(to: str) -> Callable[[Path], object]:
        return lambda at: (at / "out").symlink_to(at / to)

    def linked_inside(at: Path) -> None:
        draw(at / "out", {"mine.txt": "mine"})
        (at / "out" / "README.md").symlink_to(at / "canary" / "precious.txt")

    def fifo(at: Path) -> None:
        (at / "out").mkdir()
        os.mkfifo(at / "out" / "pipe")

    full = {"mine.txt": "mine"}
    return [
        Case("to: not empty", _to("out", lambda at: draw(at / "out", full)), "not empty", "out"),
        Case("to: a file", _to("out", lambda at: draw(at, {"out": ""})), "is a file", "out"),
        Case("to: a link", _to("out", link("canary")), "symbolic link", "out"),
        Case("to: a link, forced", _to("out", link("canary"), "--force"), "symbolic link", "out"),
        Case("to: a dangling link", _to("out", link("nowhere")), "symbolic link", "out"),
        Case("to: a link to itself", _to("out", link("out")), "symbolic link", "out"),
        Case("to: behind a dangling link", _to("out/x", link("nowhere")), "nowhere", ""),
        Case("to: below a file", _to("canary/precious.txt/x"), "is a file", "precious.txt"),
        Case("to: inside .git", _to(".git/hooks/x"), "inside a .git folder", ".git/hooks/x"),
        Case("to: inside .GIT.", _to(".GIT./x"), "inside a .git folder", ".GIT./x"),
        Case("to: a device", _to("CON"), "is the name of a device", "destination"),
        Case("to: a trailing dot", _to("out."), "ends with a dot", "destination"),
        Case("to: a line end", _to("o\nut"), "does not show", "destination"),
        Case("to: too long", _to("n" * 250), "is longer than 200 bytes", "destination"),
        Case("to: unwritable", _to("/proc/nothing-here"), "no folder can be made", "/proc"),
        Case("to: a link inside", _to("out", linked_inside, "--force"), "link", "out/README.md"),
        Case(
            "to: a pipe inside", _to("out", fifo, "--force"), "device, socket or pipe", "out/pipe"
        ),
        Case(
            "to: a file for a folder",
            _to("out", lambda at: draw(at / "out", {"src": ""}), "--force"),
            "is a file where a folder has to go",
            "out/src",
        ),
        Case(
            "to: a folder for a file",
            _to("out", lambda at: draw(at / "out", {"README.md/x": ""}), "--force"),
            "is a folder where a file has to go",
            "out/README.md",
        ),
    ]


def _houses() -> list[Case]:
    inside = "repository/"

    def link(name: str, to: str) -> Callable[[Path], object]:
        return lambda house: (house / inside / name).symlink_to(to)

    def text(source: str) -> Callable[[Path], list[str]]:
        return _house({f"{inside}evil.txt.jinja": source})

    escape = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    return [
        Case("house: nowhere", _source("no-such-house"), "is no house that ships", "--house"),
        Case("house: no template", _source("canary"), "holds neither", "canary"),
        Case("house: a program", _source("ext::sh -c touch% pwned"), "no git address", "--house"),
        Case("house: an option", _source("--upload-pack=touch pwned"), "no git address", "--house"),
        Case(
            "house: not reachable", _source("https://127.0.0.1:9/h.git"), "be cloned", "127.0.0.1"
        ),
        Case(
            "house: an option as branch", _source("https://h.test/h.git@--x"), "no branch", "h.git"
        ),
        Case("house: tasks", _house(extra='_tasks: ["touch pwned"]'), "_tasks runs", "copier.yml"),
        Case(
            "house: migrations",
            _house(extra='_migrations: [{version: v1, before: ["touch pwned"]}]'),
            "_migrations runs",
            "copier.yml",
        ),
        Case(
            "house: extensions",
            _house(extra="_jinja_extensions: [os.path]"),
            "loads Python code",
            "copier.yml",
        ),
        Case(
            "house: external data",
            _house(extra="_external_data: {secrets: ../../etc/passwd}"),
            "reads files beside",
            "copier.yml",
        ),
        Case(
            "house: an include", _house(extra="x: !include ../y.yml"), "is no plain", "copier.yml"
        ),
        Case("house: a tag", _house(extra="x: !!python/name:os.system"), "no plain", "copier.yml"),
        Case("house: documents", _house(extra="---\nx: 1"), "several documents", "copier.yml"),
        Case("house: starts above", _house(extra="_subdirectory: .."), "leaves", "copier.yml"),
        Case("house: starts at /", _house(extra="_subdirectory: /etc"), "leaves", "copier.yml"),
        Case("house: notes above", _house(extra="_answers_file: ../x"), "leaves", "copier.yml"),
        Case("house: finalize", _house(extra="_envops: {finalize: x}"), "'finalize'", "copier.yml"),
        Case(
            "house: a secret",
            _house(extra="key: {type: str, secret: true, default: x}"),
            "secret",
            "",
        ),
        Case("house: a link to a file", _house(prepare=link("x", "/etc/passwd")), "link", "h/"),
        Case("house: a link to a folder", _house(prepare=link("x", "/etc")), "link", "h/"),
        Case("house: a dangling link", _house(prepare=link("x", "nowhere")), "link", "h/"),
        Case("house: a link to itself", _house(prepare=link("x", "x")), "link", "h/"),
        Case("house: a pipe", _house(prepare=lambda h: os.mkfifo(h / "pipe")), "pipe", "h/pipe"),
        Case("house: classes", text(escape), "SecurityError", "evil.txt"),
        Case("house: format", text('{{ "{0.__class__}".format(name) }}'), "SecurityError", "evil"),
        Case("house: attr", text('{{ name | attr("__class__") }}'), "", "h"),
        Case("house: globals", text("{{ cycler.__init__.__globals__ }}"), "SecurityError", "evil"),
        Case(
            "house: a long loop", text("{% for i in range(10**9) %}x{% endfor %}"), "Range", "evil"
        ),
        Case("house: a file above", text('{% include "../../canary/precious.txt" %}'), "", ""),
        Case("house: unknown", text("{{ nothing }}"), "'nothing' is undefined", "evil.txt"),
        Case("house: broken", text("{% if %}"), "TemplateSyntaxError", "evil.txt.jinja:1"),
        Case("house: dots as a name", _house({inside + "{{ '..' }}/x": ""}), "", ""),
        Case("house: above", _house({inside + "{{ pathjoin('..', '..', 'x') }}": ""}), "", ""),
        Case("house: a root", _house({inside + "{{ _copier_conf.sep }}tmp": ""}), "", ""),
        Case("house: git's hooks", _house({inside + "{{ '.git' }}/hooks/x": ""}), "git keeps", ""),
        Case("house: git's folder", _house({inside + ".Git/config": ""}), "git keeps", ".Git"),
        Case(
            "house: a device", _house({inside + "aux.py": ""}), "is the name of a device", "aux.py"
        ),
        Case(
            "house: capitals", _house({inside + "readme.MD": ""}), "by capitals alone", "rendered"
        ),
        Case("house: a backslash", _house({inside + "a\\b": ""}), "path separator", "a\\b"),
        Case("house: a trailing dot", _house({inside + "x.": ""}), "ends with a dot", "x."),
        Case("house: two files", _house({"copier.yaml": "x: 1"}), "both a copier.yml", "h"),
        Case(
            "house: a broken table", _house({"house.toml": "schema ="}), "is no TOML", "house.toml"
        ),
        Case(
            "house: a new table", _house({"house.toml": "schema = 9"}), "schema is 9", "house.toml"
        ),
    ]


def _cookiecutters() -> list[Case]:
    top = "{{cookiecutter.slug}}/"
    hook = {"hooks/post_gen_project.py": "open('pwned', 'w')"}
    globe = "{{ lipsum.__globals__['os'].system('touch pwned') }}"
    opener = "{{ cycler.__init__.__globals__.__builtins__.open('pwned', 'w') }}"
    up = "{{ ['..', '..', 'x'] | join(cookiecutter._s) }}"
    root = "{{ cookiecutter._s }}tmp{{ cookiecutter._s }}pwned"

    def link(house: Path) -> None:
        (house / top / "x").symlink_to("/etc/passwd")

    return [
        Case("cookies: a hook", _cookies(hook), "is a hook", "h/hooks/post_gen_project.py"),
        Case("cookies: extensions", _cookies(_extensions=["os.path"]), "loads Python", "cookie"),
        Case(
            "cookies: jinja", _cookies(_jinja2_env_vars={"finalize": "x"}), "'finalize'", "cookie"
        ),
        Case("cookies: nested", _cookies(templates={"a": {"path": "a"}}), "templates", "cookie"),
        Case(
            "cookies: slug above", _cookies(None, "--set", "slug=../x"), "separator", "answer slug"
        ),
        Case(
            "cookies: answer above",
            _cookies(None, "--set", "module=../../escaped"),
            "separator",
            "answer module",
        ),
        Case(
            "cookies: a default above",
            _cookies(module="{{ '../../escaped' }}"),
            "lies elsewhere",
            "path",
        ),
        Case("cookies: a link", _cookies(prepare=link), "link", "h/"),
        Case("cookies: globals", _cookies({top + "x": globe}), "SecurityError", "h"),
        Case("cookies: builtins", _cookies({top + "x": opener}), "SecurityError", "h"),
        Case("cookies: code in a default", _cookies(slug=globe), "SecurityError", "h"),
        Case("cookies: a path above", _cookies({top + up: ""}, _s="/"), "lies elsewhere", "path"),
        Case("cookies: a path at /", _cookies({top + root: ""}, _s="/"), "lies elsewhere", "path"),
        Case(
            "cookies: a folder above", _cookies({top + up + "/x": ""}, _s="/"), "elsewhere", "path"
        ),
        Case(
            "cookies: a template as an answer",
            _cookies(None, "--set", "slug={{ cookiecutter }}"),
            "is a template",
            "answer slug",
        ),
        Case("cookies: no choice", _cookies(None, "--set", "ci=x"), "is no choice", "answer ci"),
        Case("cookies: a list", _cookies({"cookiecutter.json": "[]"}), "no table", "cookiecutter"),
    ]


CASES = [*_names(), *_answers(), *_destinations(), *_houses(), *_cookiecutters()]
