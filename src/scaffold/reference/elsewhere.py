"""Let another interpreter do what needs the reference, whose environment may not be ours.

That interpreter needs torch, numpy, and what the spec names; of scaffold it is handed the code that
runs here. What it finds comes back as JSON.
"""

from __future__ import annotations

import json
import logging
import subprocess
import tempfile
import warnings
from importlib import import_module
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

import scaffold
from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Mapping

OLDEST = (3, 11)

_START = """
import sys
if sys.version_info < {oldest}:
    sys.exit("python %d.%d" % sys.version_info[:2])
import importlib.util
init = {init!r}
spec = importlib.util.spec_from_file_location(
    "scaffold", init, submodule_search_locations=[init[: -len("/__init__.py")]]
)
module = sys.modules["scaffold"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
from scaffold.reference.elsewhere import answer
answer(*sys.argv[1:])
"""
"""Makes our package importable there, and none of its neighbours."""

_LINES = 3
INTERPRETER = "give the path of python in the environment of the reference: env/bin/python"


def run_elsewhere(python: Path, function: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Call a function of ours in another interpreter.

    Args:
        python: The interpreter, or the folder of its environment.
        function: `module:name`; it is given the request and gives an answer, both as JSON can hold.
        request: What it is to do.

    Raises:
        ScaffoldError: There is no such interpreter, it is too old, it ends without an answer, or
            what the function raises there.
    """
    executable = _executable(python)
    code = _START.format(oldest=OLDEST, init=str(Path(scaffold.__file__).resolve()))
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        try:
            done = subprocess.run(
                [executable, "-c", code, function, json.dumps(request), str(answer)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        except OSError as error:
            raise ScaffoldError(
                f"cannot be run ({error.strerror})", where=f"--python {python}", remedy=INTERPRETER
            ) from error
        text = answer.read_text(encoding="utf-8") if answer.is_file() else ""
    if not text:
        raise _no_answer(done, executable)
    found: dict[str, Any] = json.loads(text)
    failure = found.get("error")
    if failure:
        raise ScaffoldError(failure["what"], where=failure["where"], remedy=failure["remedy"])
    return found


def answer(function: str, request: str, file: str) -> None:
    """Answer one request, in the other interpreter; a failure with a known cause is an answer too.

    Args:
        function: `module:name`.
        request: JSON.
        file: Where the answer goes.
    """
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    module, _, name = function.partition(":")
    try:
        found = getattr(import_module(module), name)(json.loads(request))
    except ScaffoldError as error:
        found = {"error": {"what": error.what, "where": error.where, "remedy": error.remedy}}
    Path(file).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def _executable(python: Path) -> str:
    """Give the interpreter that is meant; its path is not resolved, for it tells the environment.

    Raises:
        ScaffoldError: There is none.
    """
    found = which(str(python))
    if found is None:
        inside = [python / "bin" / "python", python / "Scripts" / "python.exe"]
        found = next((str(one) for one in inside if which(str(one))), None)
    if found is None:
        raise ScaffoldError(
            "is no interpreter" if python.exists() else "there is no such interpreter",
            where=f"--python {python}",
            remedy=INTERPRETER,
        )
    return str(Path(found).absolute())


def _no_answer(done: subprocess.CompletedProcess[str], executable: str) -> ScaffoldError:
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    last = lines[-1] if lines else ""
    oldest = ".".join(map(str, OLDEST))
    if last.startswith("python "):
        return ScaffoldError(
            f"is {last}, and a blueprint needs {oldest} or newer",
            where=executable,
            remedy=f"make an environment of python {oldest} for the reference",
        )
    killed = f"was ended by signal {-done.returncode}" if done.returncode < 0 else ""
    said = f": {' | '.join(lines[-_LINES:])}" if lines else ""
    return ScaffoldError(
        f"{killed or f'ended with code {done.returncode}'} without an answer{said}",
        where=executable,
        remedy="give the model a smaller size if memory ran out, and else run the same there "
        "without --python",
    )
