"""The command line, run in this process."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from scaffold.cli.app import run

QUESTIONS = """
_subdirectory: repository
name: {type: str, default: my-net}
package: {type: str, default: "{{ name | replace('-', '_') }}"}
"""
HOUSE = """
schema = 1
id = "small"
version = "1"
[[path]]
path = "README.md"
purpose = "What it is"
owner = "both"
[[path]]
path = "src/"
purpose = "The code"
"""


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def scaffold(capsys, tmp_path, monkeypatch):
    """Run the command line in an empty folder with a small house in it, called `h`."""
    files = {
        "copier.yml": QUESTIONS,
        "house.toml": HOUSE,
        "repository/README.md.jinja": "# {{ name }}\n",
        "repository/src/{{ package }}/__init__.py": "",
    }
    for name, text in files.items():
        path = tmp_path / "h" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)

    def _run(*arguments):
        code = run(list(arguments))
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return _run
