"""Folders drawn by hand."""

from __future__ import annotations

import pytest


@pytest.fixture
def draw(tmp_path):
    """Write files below a folder, given as paths and texts; gives the folder."""

    def _draw(files, at="drawn"):
        root = tmp_path / at
        root.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return root

    return _draw


QUESTIONS = """
_subdirectory: repository
_envops: {undefined: jinja2.StrictUndefined}
_exclude:
  - "__pycache__"
  - "{% if ci != 'github' %}/.github{% endif %}"
  - "{% if docs == 'no' %}/docs/index.md{% endif %}"
name: {type: str, default: my-net, help: A name}
package: {type: str, default: "{{ name | replace('-', '_') }}"}
ci: {type: str, default: github, choices: [gitlab, github, none]}
docs: {type: str, default: "yes", choices: ["yes", "no"]}
"""
HOUSE = """
schema = 1
id = "small"
version = "1.2"
engine = "copier"
[names]
name = "distribution"
[[path]]
path = "README.md"
purpose = "What it is"
owner = "both"
[[path]]
path = "src/{{ package }}/__init__.py"
purpose = "The package"
owner = "template"
[[path]]
path = "src/"
purpose = "The code"
"""
README = """# {{ name }}
{% if ci == 'github' %}on: ${{ '{{' }}
{% endif %}"""
FILES = {
    "copier.yml": QUESTIONS,
    "house.toml": HOUSE,
    "repository/README.md.jinja": README,
    "repository/Makefile": "test:\n\techo {{ not rendered }}\n",
    "repository/src/{{ package }}/__init__.py.jinja": '"""{{ name }}."""\n',
    "repository/src/{{ package }}/deep/x.py": "X = 1\n",
    "repository/docs/index.md.jinja": "{{ name }}\n",
    "repository/docs/decisions/one.md": "one\n",
    "repository/.github/dependabot.yml": "a: ${{ raw }}\n",
    "repository/.github/workflows/ci.yml": "b: ${{ raw }} {% endraw %}\n",
    "repository/.github/workflows/more.yml.jinja": "c: {{ name }}\n",
    "repository/picture.bin": b"\x00\x01\xff",
}


@pytest.fixture
def small(draw):
    """A small Copier house with conditional files and folders."""
    return lambda more=(), at="house": draw({**FILES, **dict(more)}, at)
