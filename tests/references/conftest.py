"""Models of timm, torchvision and transformers, built in the environment where these are.

They need another torch than ours, so they live apart (`make references`); ours asks that
interpreter, as a user does with `--python`. Where there is none the tests fail and say so.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from scaffold.core.blueprint.document import loads
from scaffold.core.errors import ScaffoldError

ROOT = Path(__file__).parents[2]
WHERE = "SCAFFOLD_REFERENCES"
PACKAGES = "torch, torchvision, timm, transformers"


@pytest.fixture(scope="session")
def python():
    """The interpreter of that environment."""
    path = Path(os.environ.get(WHERE, ROOT / "build" / "bench" / ".venv" / "bin" / "python"))
    names = PACKAGES.split(", ")
    code = f"from importlib.util import find_spec; assert all(map(find_spec, {names!r}))"
    found = path.exists() and not subprocess.run([path, "-c", code], check=False).returncode
    if not found:
        pytest.fail(
            f"no python with {PACKAGES} at {path}: run `make references`, or name one in {WHERE}"
        )
    return path


@pytest.fixture(scope="session")
def blueprint(python, tmp_path_factory):
    """Make a blueprint there, each once, in one process: importing the libraries takes longest."""
    asking = Asking(python, tmp_path_factory.mktemp("answers") / "answer.json")
    yield asking
    asking.close()


class Asking:
    """A process with the libraries that makes one blueprint after another."""

    LOOP = (
        "import json, sys\n"
        "from scaffold.reference.elsewhere import answer\n"
        "for line in sys.stdin:\n"
        "    answer('scaffold.reference.blueprint.worker:inspect', *json.loads(line))\n"
        "    print('done', file=sys.stderr, flush=True)\n"
    )

    def __init__(self, python, answer):
        self._known = {}
        self._answer = answer
        # The folder holds our package and nothing else, so that all the rest is theirs.
        self._process = subprocess.Popen(
            [python, "-c", self.LOOP],
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, text, *words, inputs=()):
        asked = {"spec": text, "words": words, "inputs": list(inputs), "seed": 0}
        request = json.dumps(asked)
        if request not in self._known:
            print(json.dumps([request, str(self._answer)]), file=self._process.stdin, flush=True)
            said = []
            while (line := self._process.stderr.readline()) != "done\n":
                assert line, "".join(said)
                said.append(line)
            self._known[request] = self._answer.read_text(encoding="utf-8")
        failure = json.loads(self._known[request]).get("error")
        if failure:
            raise ScaffoldError(failure["what"], where=failure["where"], remedy=failure["remedy"])
        return loads(self._known[request])

    def close(self):
        self._process.communicate()
