"""The bundle on disk: a manifest and safetensors shards, written and read with numpy only.

`manifest_of` and `Entry` need the standard library alone, so that a test collection can list the
goldens of a repository without paying for numpy; `Bundle` and `Writer` are loaded when asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from scaffold.golden.manifest import SCHEMA, Entry, manifest_of

if TYPE_CHECKING:
    from scaffold.golden.amend import amended
    from scaffold.golden.bundle import Bundle
    from scaffold.golden.writer import Writer

__all__ = ["SCHEMA", "Bundle", "Entry", "Writer", "amended", "manifest_of"]

_LATE = {
    "Bundle": "scaffold.golden.bundle",
    "Writer": "scaffold.golden.writer",
    "amended": "scaffold.golden.amend",
}


def __getattr__(name: str) -> object:
    """Load what needs numpy at their first use."""
    if name in _LATE:
        return getattr(import_module(_LATE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
