"""Say which files a reference is made of, and where, without telling where they lie."""

from __future__ import annotations

import ast
import hashlib
import subprocess
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torch import nn

_DIGEST = 16


def place_of(kind: type, home: Path) -> str:
    """Give file and line of a class, from the adapter's folder or from its package.

    Empty where there is no file, as for a class made in a console.
    """
    file = _file_of(kind)
    if file is None:
        return ""
    line = _lines_of(file).get(kind.__qualname__, 0)
    return f"{_relative(file, kind, home)}:{line}" if line else _relative(file, kind, home)


def modules_of(model: nn.Module, home: Path) -> dict[str, str]:
    """Give the files that the classes of a model stand in, each with a hash of its bytes."""
    found: dict[str, str] = {}
    for kind in {type(module) for module in model.modules()}:
        file = _file_of(kind)
        if file is not None:
            found[_relative(file, kind, home)] = hash_of(file)
    return dict(sorted(found.items()))


def _file_of(kind: type) -> Path | None:
    """Give the file of a class from the code of its methods.

    Not from its module: the modules of a reference are gone when it does not run (`Isolation`).
    """
    codes = [getattr(one, "__code__", None) for one in vars(kind).values()]
    names = [code.co_filename for code in codes if code is not None]
    known = sys.modules.get(kind.__module__)
    names += [str(getattr(known, "__file__", None) or "")]
    # A method may come from elsewhere, a generated one from nowhere; the class's own name counts.
    files = [Path(name) for name in names if name and Path(name).is_file()]
    own = [file for file in files if kind.__qualname__ in _lines_of(file)]
    return next(iter([*own, *files]), None)


@lru_cache(maxsize=256)
def _lines_of(file: Path) -> dict[str, int]:
    """Give the line of every class of a file by its qualified name."""
    found: dict[str, int] = {}

    def walk(node: ast.AST, above: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = above
            if isinstance(child, ast.ClassDef):
                found.setdefault(f"{above}{child.name}", child.lineno)
                inner = f"{above}{child.name}."
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = f"{above}{child.name}.<locals>."
            walk(child, inner)

    try:
        walk(ast.parse(file.read_bytes()), "")
    except (OSError, SyntaxError, ValueError):
        return {}
    return found


def packages_of(model: nn.Module) -> dict[str, dict[str, str]]:
    """Give name, version and licence of the distributions that a model's classes come from."""
    known = distributions_behind(tuple(sys.path))
    tops = {type(module).__module__.partition(".")[0] for module in model.modules()}
    names = sorted({name for top in tops for name in known.get(top, ())})
    return {name: _distribution(name) for name in names}


@lru_cache(maxsize=1)
def distributions_behind(path: tuple[str, ...]) -> Mapping[str, list[str]]:
    """Give the distributions behind each top-level name; every one of them is read for it.

    Args:
        path: Where Python looks; another one is read again.
    """
    del path
    return packages_distributions()


def repository_of(folder: Path) -> dict[str, Any]:
    """Give commit, remote and state of the git repository that a folder is in; empty for none.

    A folder of which git knows no file (an environment inside a checkout) is in no repository.
    """
    commit = _git(folder, "rev-parse", "HEAD")
    if not commit or not _git(folder, "ls-files", "--", "."):
        return {}
    return {
        "commit": commit,
        "dirty": bool(_git(folder, "status", "--porcelain", "--", ".")),
        "remote": _without_secret(_git(folder, "remote", "get-url", "origin") or ""),
    }


def hash_of(path: Path) -> str:
    """Hash the bytes of a file."""
    return hashlib.blake2b(path.read_bytes(), digest_size=_DIGEST).hexdigest()


def hash_of_all(pieces: Iterable[bytes]) -> str:
    """Hash several pieces as one."""
    digest = hashlib.blake2b(digest_size=_DIGEST)
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


_INSTALLED = ("site-packages", "dist-packages")


def _relative(file: Path, kind: type, home: Path) -> str:
    """Name a file from the adapter's folder; an environment may lie in that folder too."""
    file = file.resolve()
    installed = not set(_INSTALLED).isdisjoint(file.parts)
    if file.is_relative_to(home.resolve()) and not installed:
        return file.relative_to(home.resolve()).as_posix()
    top = getattr(sys.modules.get(kind.__module__.partition(".")[0]), "__file__", None)
    root = Path(top).resolve().parent if top else file.parent
    if Path(top or "").name == "__init__.py":
        root = root.parent
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name


def _distribution(name: str) -> dict[str, str]:
    try:
        about = distribution(name)
    except PackageNotFoundError:
        return {"version": "", "licence": ""}

    def told(key: str) -> list[str]:
        return about.metadata.get_all(key) or []

    said = next(
        (text for key in ("License-Expression", "License") for text in told(key) if text), ""
    )
    classed = [
        text.rpartition(" :: ")[2] for text in told("Classifier") if text.startswith("License ::")
    ]
    line = said.strip().splitlines()[0] if said.strip() else "; ".join(classed)
    return {"version": about.version, "licence": line}


def _without_secret(remote: str) -> str:
    """Leave user and password out of an address; a path of this machine says nothing elsewhere."""
    scheme, mark, rest = remote.partition("://")
    if not mark or scheme == "file":
        return remote if "@" in remote and ":" in remote and not mark else ""
    return f"{scheme}://{rest.rpartition('@')[2]}"


def _git(folder: Path, *words: str) -> str | None:
    """Give what git says, None when it refuses or is not there."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
