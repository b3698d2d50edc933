"""Let every command of the README run what is there."""

from __future__ import annotations

import re
import shlex
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.facts.documents import commands
from scaffold.check.rule import Found, rule
from scaffold.check.source import keywords

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

README = PurePosixPath("README.md")
_TARGET = re.compile(r"^([A-Za-z0-9_.%/ $(){}-]+?)\s*:(?!=)", re.MULTILINE)
_PYTHONS = ("python", "python3")


@rule("DOC009", "command-does-not-exist", "P56")
def command_does_not_exist(repository: Repository) -> Iterator[Found]:
    """A command of the README names a script, a target or a flag that is not there.

    Why: the first thing that somebody tries fails.

    Do: write the command that works today.
    """
    for line, command in commands(repository, README):
        moved = "cd " in command or "git clone" in command
        for part in re.split(r"&&|\|\||[;|]", command):
            words = _words(part)
            if words and not moved:
                for said in _wrong(repository, words):
                    yield Found(where=README, line=line, because=said)


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        return []
    while words and ("=" in words[0] and not words[0].startswith("-")):
        words = words[1:]
    return words


def _wrong(repository: Repository, words: list[str]) -> Iterator[str]:
    if words[0] == "make":
        targets = _targets(repository)
        for word in words[1:]:
            if word.startswith("-"):
                return
            if "=" not in word and targets is not None and word not in targets:
                yield f"make {word} is no target"
    elif words[0] in _PYTHONS and len(words) > 1:
        yield from _wrong_python(repository, words[1:])
    elif words[0] in ("bash", "sh") and words[-1] != words[0] and words[1].endswith(".sh"):
        yield from () if _there(repository, words[1]) else (f"{words[1]} is not there",)


def _wrong_python(repository: Repository, words: list[str]) -> Iterator[str]:
    if words[0] == "-m" and len(words) > 1:
        script = _module(repository, words[1])
        if script == "":
            yield f"{words[1]} is no module of this repository"
        words = words[1:]
    elif words[0].endswith(".py") and "<" not in words[0] and "$" not in words[0]:
        script = str(PurePosixPath(words[0]))
        if not _there(repository, script):
            yield f"{words[0]} is not there"
            return
    else:
        return
    if script:
        known = _flags(repository, script)
        for word in words[1:]:
            flag = word.partition("=")[0]
            if known and re.fullmatch(r"--[a-zA-Z][\w-]*", flag) and flag not in known:
                yield f"{words[0]} knows no {flag}"


def _there(repository: Repository, path: str) -> bool:
    outside = path.startswith(("/", "~", "$", "..")) or "<" in path or "{" in path or "*" in path
    return outside or repository.has(str(PurePosixPath(path)))


def _module(repository: Repository, name: str) -> str | None:
    """Give the file of a module; empty where it is missing, None where it is no module of ours."""
    inside = name.replace(".", "/")
    top = name.split(".", maxsplit=1)[0]
    for root in ("src/", ""):
        if repository.has_folder(f"{root}{top}") and repository.has(f"{root}{top}/__init__.py"):
            for file in (f"{root}{inside}.py", f"{root}{inside}/__main__.py"):
                if repository.has(file):
                    return file
            return ""
    return None


def _flags(repository: Repository, script: str) -> frozenset[str]:
    """Name the flags of a script that reads its own; empty where they cannot be known."""
    source = repository.python(script)
    if source is None:
        return frozenset()
    flags, readers = {"--help"}, 0
    for name, call in source.calls:
        method = getattr(call.func, "attr", "")
        if method == "add_argument":
            flags |= {
                value
                for one in call.args
                if isinstance(value := getattr(one, "value", None), str) and value.startswith("-")
            }
            if "BooleanOptionalAction" in str(keywords(call).get("action")):
                return frozenset()
        readers += name == "argparse.ArgumentParser"
        if method in (
            "parse_known_args",
            "add_subparsers",
            "add_argparse_args",
            "from_argparse_args",
        ):
            return frozenset()
        if method in ("add_argument_group", "add_mutually_exclusive_group"):
            continue
        passed = [getattr(one, "id", "") for one in call.args]
        if "parser" in passed or any(k == "parents" for k in keywords(call)):
            return frozenset()
    return frozenset(flags) if readers == 1 and len(flags) > 1 else frozenset()


def _targets(repository: Repository) -> frozenset[str] | None:
    """Name the targets of the Makefile; None where they cannot be known."""
    for name in ("Makefile", "makefile", "GNUmakefile"):
        text = repository.text(name)
        if text is not None:
            if re.search(r"^-?include\b", text, re.MULTILINE):
                return None
            joined = text.replace("\\\n", " ")
            found = {word for names in _TARGET.findall(joined) for word in names.split()}
            return (
                None
                if any("$" in word or word == "%" for word in found & {"%"})
                else frozenset(found)
            )
    return frozenset()
