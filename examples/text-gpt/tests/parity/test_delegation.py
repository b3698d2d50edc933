"""The reference is imported by one adapter, and by nothing once every class is written."""

from __future__ import annotations

import ast
import subprocess
import sys

from scaffold.house.parts import PARTS, read_parts

from text_gpt.training.run import ROOT

REFERENCE = ["transformers"]
"""The packages that the reference comes from."""


def imported(tree: ast.AST) -> set[str]:
    """Give the first word of everything that a module imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name.partition(".")[0] for one in node.names}
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").partition(".")[0])
    return found


def test_no_module_of_ours_imports_the_reference():
    files = sorted((ROOT / "src").rglob("*.py"))

    found = {
        str(file.relative_to(ROOT)): sorted(imported(ast.parse(file.read_text())) & set(REFERENCE))
        for file in files
    }

    assert {file: names for file, names in found.items() if names} == {}


def test_every_class_has_its_module():
    parts = read_parts(ROOT / PARTS)
    folder = ROOT / "src" / "text_gpt" / "models"

    for row in parts.rows:
        tree = ast.parse((folder / f"{row.module}.py").read_text())
        assert row.name in {node.name for node in tree.body if isinstance(node, ast.ClassDef)}, row


BUILD = """
import sys
from hydra.utils import instantiate
from text_gpt.training.run import settings
instantiate(settings("train", "model=twin", "paths.output=unused").model)
print("scaffold.reference.hybrid.network" in sys.modules)
"""


def test_the_reference_is_built_only_while_a_class_is_delegated():
    done = subprocess.run(
        [sys.executable, "-c", BUILD], cwd=ROOT / "src", capture_output=True, text=True, check=True
    )

    assert done.stdout.split()[-1] == str(read_parts(ROOT / PARTS).delegates)
