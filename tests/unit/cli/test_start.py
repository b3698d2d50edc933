"""The command line starts without what it does not need yet."""

import subprocess
import sys

import pytest

HEAVY = ("torch", "copier", "cookiecutter", "jinja2", "numpy", "yaml")
CODE = """
import sys
from scaffold.cli import main
try:
    main(sys.argv[1:-1])
except SystemExit as end:
    code = end.code
print(code, [name for name in sys.argv.pop().split() if name in sys.modules])
"""


def loaded(*arguments, names=HEAVY):
    done = subprocess.run(
        [sys.executable, "-c", CODE, *arguments, " ".join(names)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_the_first_look_is_cheap(argument):
    """Further on, typer itself asks pydantic to read the arguments of a verb."""
    assert loaded(argument, names=(*HEAVY, "pydantic")) == "0 []"


@pytest.mark.parametrize(
    "arguments",
    [
        ["new", "--help"],
        ["house", "--help"],
        ["explain", "P13"],
        ["inspect", "--help"],
        ["record", "--help"],
        ["compare", "--help"],
    ],
)
def test_nothing_heavy_is_imported(arguments):
    assert loaded(*arguments) == "0 []"


def test_what_is_needed_would_be_seen(tmp_path):
    """The negative control."""
    assert loaded("new", str(tmp_path / "x"), "--defaults", "--dry-run").startswith("0 ['copier'")
