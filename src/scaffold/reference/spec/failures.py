"""Say why a reference cannot be built: what is missing, what it needs, or where it raises."""

from __future__ import annotations

import errno
import re
import sys
import traceback
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Sequence

DISTRIBUTIONS = {
    "cv2": "opencv-python",
    "flash_attn": "flash-attn",
    "google.protobuf": "protobuf",
    "mamba_ssm": "mamba-ssm",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Distributions that are not called as their module is."""

_GPU = re.compile(r"cuda|nvidia|\bgpu\b|triton|flash[_-]?attn", re.IGNORECASE)
_REQUIRES = re.compile(r"requires? the ([\w\-]+) library", re.IGNORECASE)
_UNEXPECTED = re.compile(r"unexpected keyword argument '(\w+)'")


def require(package: str, *, spec: str) -> None:
    """Raise when a package is not installed.

    Raises:
        ScaffoldError: It is missing; the remedy is the command that installs it.
    """
    if find_spec(package) is None:
        raise missing(package, spec=spec)


def missing(module: str, *, spec: str) -> ScaffoldError:
    """Say that a module is not installed in this interpreter."""
    name = DISTRIBUTIONS.get(module, module.partition(".")[0])
    name = DISTRIBUTIONS.get(name, name)
    return ScaffoldError(
        f"{module} is not installed for {sys.executable}",
        where=spec,
        remedy=f"{sys.executable} -m pip install {name}, or give --python with an interpreter "
        "that has it",
    )


def explained(
    error: BaseException, *, spec: str, doing: str, reached: Sequence[str]
) -> ScaffoldError:
    """Turn what a factory raised into a failure with a cause, a place and a remedy.

    Args:
        error: What was raised.
        spec: The spec as text.
        doing: What was done, as the beginning of a sentence: `timm.create_model raises`.
        reached: The addresses that it wanted to reach.
    """
    chain = _chain(error)
    absent = next((one for one in chain if isinstance(one, ModuleNotFoundError) and one.name), None)
    if absent is not None:
        return missing(str(absent.name), spec=spec)
    text = " ".join(str(error).split())
    if isinstance(error, ImportError) and (found := _REQUIRES.search(text)):
        return missing(found[1], spec=spec)
    if reached:
        return ScaffoldError(
            f"needs the hub: it wants to reach {reached[0]}, and a reference is built without the "
            "network",
            where=spec,
            remedy="build it with random weights from a configuration; weights from a file are "
            "mapped afterwards",
        )
    if out_of_memory(error):
        return no_memory(spec)
    said = f"{doing} raises {type(error).__name__}: {_last_line(error)}"
    if _GPU.search(text):
        return ScaffoldError(
            f"needs a GPU, and there is none here: {said}",
            where=place_of(error) or spec,
            remedy="build it on the CPU: take the device as an argument, or leave out the "
            "operation that only a GPU has",
        )
    if found := _UNEXPECTED.search(text):
        return ScaffoldError(
            f"takes no argument {found[1]!r} ({said})",
            where=place_of(error) or spec,
            remedy=f"leave out {found[1]}=..., or give it the name that the constructor has",
        )
    return ScaffoldError(
        said,
        where=place_of(error) or spec,
        remedy="call it from python with the same arguments, and mend what the traceback shows",
    )


def out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that memory ran out: python's, the system's, or torch's."""
    full = isinstance(error, OSError) and error.errno == errno.ENOMEM
    return full or isinstance(error, MemoryError) or "allocate memory" in str(error)


def no_memory(spec: str) -> ScaffoldError:
    """Say that memory ran out."""
    return ScaffoldError(
        "needs more memory than there is",
        where=spec,
        remedy="give it a smaller size, such as fewer layers or a smaller image: the classes and "
        "the dataflow stay the same",
    )


def place_of(error: BaseException) -> str:
    """Give file and line in which an exception was raised, the deepest that has a file."""
    frames = traceback.extract_tb(_root(error).__traceback__) or traceback.extract_tb(
        error.__traceback__
    )
    files = [frame for frame in frames if not frame.filename.startswith("<")]
    return f"{_short(files[-1].filename)}:{files[-1].lineno}" if files else ""


def _short(file: str) -> str:
    """Name a file of an installed package from the folder of packages on."""
    marks = ("site-packages", "dist-packages")
    parts = Path(file).parts
    at = max((parts.index(mark) for mark in marks if mark in parts), default=-1)
    return str(Path(*parts[at + 1 :])) if at >= 0 else file


def _last_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else "(it says nothing)"


def _root(error: BaseException) -> BaseException:
    return _chain(error)[-1]


def _chain(error: BaseException) -> list[BaseException]:
    """Give an exception and those that caused it, the outermost first."""
    found = [error]
    while (cause := found[-1].__cause__) is not None and cause not in found:
        found.append(cause)
    return found
