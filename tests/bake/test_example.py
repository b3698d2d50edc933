"""The committed example is the default output of the house."""

from __future__ import annotations

import importlib.util

import pytest
from rendering import PROJECT, files_of
from test_same_bytes import differences

pytestmark = pytest.mark.bake

EXAMPLES = PROJECT / "examples"
JUNK = {"__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".venv", "outputs"}


def committed(name):
    return {
        path: content
        for path, content in files_of(EXAMPLES / name).items()
        if not JUNK & set(path.split("/"))
    }


@pytest.fixture(scope="module")
def regenerate():
    spec = importlib.util.spec_from_file_location("regenerate", EXAMPLES / "regenerate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_example_is_what_scaffold_new_makes(regenerate, tmp_path):
    made = files_of(regenerate.make(tmp_path))

    said = differences(committed(regenerate.NAME), made)

    assert said == "", f"run: python examples/regenerate.py\n{said}"


def test_an_edited_example_would_be_shown(regenerate, tmp_path):
    made = files_of(regenerate.make(tmp_path))
    edited = made | {"README.md": made["README.md"].replace(b"# digits-vit", b"# another")}

    assert "-# digits-vit\n+# another" in differences(edited, made)


def test_the_example_says_nothing_about_this_machine(regenerate):
    texts = b"\n".join(committed(regenerate.NAME).values())

    assert str(PROJECT).encode() not in texts
    assert b"file:///" not in texts
