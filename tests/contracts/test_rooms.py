"""The architecture is a contract: it holds, and it would notice a break."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint_imports(folder):
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_rooms_are_stacked(copy):
    done = lint_imports(copy)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("core", "import scaffold.house", "The rooms are stacked, and every room is named"),
        ("report", "import scaffold.parity", "The rooms are stacked, and every room is named"),
        ("house", "import torch", "Only the rooms that run models import torch"),
        ("core", "import rich", "The nouns need nothing but the standard library"),
        ("parity", "import copier", "Only the engines import the template engines"),
    ],
)
def test_a_forbidden_import_is_noticed(copy, room, line, contract):
    with (copy / "src" / "scaffold" / room / "__init__.py").open("a") as file:
        file.write(f"\n{line}\n")

    done = lint_imports(copy)

    assert done.returncode == 1
    assert f"{contract} BROKEN" in done.stdout


def test_a_room_without_a_floor_is_noticed(copy):
    (copy / "src" / "scaffold" / "attic").mkdir()
    (copy / "src" / "scaffold" / "attic" / "__init__.py").write_text('"""No floor."""\n')

    done = lint_imports(copy)

    assert done.returncode == 1
    assert "attic" in done.stdout


def test_only_the_engines_name_the_template_engines():
    """`generate` may reach copier through its engines, and nowhere else."""
    users = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith(("import copier", "from copier", "import cookiecutter"))
        or line.strip().startswith("from cookiecutter")
    }

    assert all(user.startswith("scaffold/generate/engines/") for user in users), users
    assert users
