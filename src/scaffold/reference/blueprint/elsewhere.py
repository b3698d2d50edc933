"""Let another interpreter make the blueprint: the reference may need another environment than ours.

That interpreter needs torch, numpy, and what the spec names; of scaffold it is handed the code that
runs here. The blueprint comes back as JSON.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import tempfile
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import scaffold
from scaffold.core.blueprint.document import loads
from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.core.blueprint import Blueprint
    from scaffold.reference.spec.spec import Spec

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
from scaffold.reference.blueprint.worker import main
main(sys.argv[1], sys.argv[2])
"""
"""Makes our package importable there, and none of its neighbours."""

_LINES = 3


def inspected_elsewhere(
    python: Path, spec: Spec, *, inputs: Sequence[str] = (), seed: int = 0
) -> Blueprint:
    """Make the blueprint of a reference in another interpreter.

    Raises:
        ScaffoldError: There is no such interpreter, it is too old, it ends without an answer, or
            what `inspected` raises there.
    """
    executable = _executable(python)
    request = {"spec": spec.text, "words": spec.words, "inputs": list(inputs), "seed": seed}
    init = str(Path(scaffold.__file__).resolve())
    code = _START.format(oldest=OLDEST, init=init)
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        done = subprocess.run(
            [executable, "-c", code, json.dumps(request), str(answer)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        text = answer.read_text(encoding="utf-8") if answer.is_file() else ""
    if not text:
        raise _no_answer(done, executable)
    failure = json.loads(text).get("error")
    if failure:
        raise ScaffoldError(failure["what"], where=failure["where"], remedy=failure["remedy"])
    blueprint = loads(text, where=str(python))
    return dataclasses.replace(
        blueprint, origin=dataclasses.replace(blueprint.origin, python=str(python))
    )


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
            remedy="give the path of python in the environment of the reference: env/bin/python",
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
