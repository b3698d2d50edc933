"""Run programs of Python as their users do, but from a process that has imported torch already.

A test that plants a defect in a repository and runs its suite spends two thirds of its time on
imports. Here one process imports what every repository imports, and forks for each program: the
program starts in its own folder, with its own arguments and output, and ends without a trace.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from pathlib import Path
from tempfile import NamedTemporaryFile

PACKAGES = ("lightning", "safetensors.numpy", "sklearn.datasets", "torchmetrics")


class Warm:
    """A process that waits with everything imported."""

    def __init__(self, python=sys.executable, packages=PACKAGES) -> None:
        self._process = subprocess.Popen(
            [python, __file__, *packages],
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTEST_ADDOPTS": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, module, *arguments, cwd):
        """Run `python -m module arguments` in a folder; both outputs come as one."""
        with NamedTemporaryFile("r", encoding="utf-8") as output:
            asked = [module, list(map(str, arguments)), str(cwd), output.name]
            print(json.dumps(asked), file=self._process.stdin, flush=True)
            code = int(self._process.stdout.readline())
            return subprocess.CompletedProcess(asked, code, output.read(), "")

    def close(self) -> None:
        """Let the process end."""
        self._process.communicate()


def _serve() -> None:
    for package in sys.argv[1:]:
        __import__(package)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(_child(*json.loads(line)))
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


def _child(module, arguments, cwd, output) -> int:
    with Path(output).open("wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(cwd)
    # As `python -m` does: the folder comes first, and this file's own is not there.
    sys.path[0] = str(cwd)
    sys.argv = [module, *arguments]
    code = 1
    try:
        code = _main(module)(arguments)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    except BaseException:  # noqa: BLE001 - told, as Python does
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    return int(code or 0)


def _main(module):
    if module == "pytest":
        import pytest  # noqa: PLC0415 - only in the child

        return pytest.main
    from scaffold.cli import main  # noqa: PLC0415 - likewise

    return main


if __name__ == "__main__":
    _serve()
