"""Let the project of a repository know what its reference needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomlkit

if TYPE_CHECKING:
    from collections.abc import Sequence

MODELS = ["A002", "E741", "FBT001", "FBT002", "N801", "N803", "PLR0917", "PLW0642"]
"""What the names and flags of a reference's own signatures would raise."""


def with_reference(text: str, needs: Sequence[str]) -> str:
    """Add to a `pyproject.toml` what the reference needs, and what its signatures may do."""
    project = tomlkit.parse(text)
    dependencies = project["project"]["dependencies"]
    for need in needs:
        dependencies.append(need)
    ignores = project["tool"]["ruff"]["lint"]["per-file-ignores"]
    ignores["src/**/models/*.py"] = MODELS
    ignores["src/**/models/*.py"].comment("signatures are the reference's")
    return tomlkit.dumps(project)
