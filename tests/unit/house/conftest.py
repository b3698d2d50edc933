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
