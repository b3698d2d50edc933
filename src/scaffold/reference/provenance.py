"""Write down where goldens come from, so that a later difference can be explained."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import torch

from scaffold import __version__

if TYPE_CHECKING:
    from pathlib import Path

_PACKAGES = ("numpy", "safetensors", "torch")


def provenance(adapter: Path, *, seed: int, threads: int) -> dict[str, Any]:
    """Describe the reference's files, the versions, the machine and the precision switches.

    Nothing here tells the time or the place: recording again on the same machine gives the same
    bytes.
    """
    return {
        "adapter": adapter.name,
        "files": _files(adapter),
        "machine": {
            "architecture": platform.machine(),
            "system": platform.system(),
            "vector": torch.backends.cpu.get_cpu_capability(),
        },
        "precision": {
            "default": str(torch.get_default_dtype()).removeprefix("torch."),
            "deterministic": torch.are_deterministic_algorithms_enabled(),
            "matmul": torch.get_float32_matmul_precision(),
            "mkldnn": bool(torch.backends.mkldnn.enabled),
        },
        "seed": seed,
        "threads": threads,
        "versions": {
            "python": platform.python_version(),
            "refscaffold": __version__,
            **{name: _version(name) for name in _PACKAGES},
        },
    }


def _files(adapter: Path) -> dict[str, str]:
    """Hash what lies beside the adapter; a model in memory has no file and no neighbours."""
    if not adapter.is_file():
        return {}
    return {path.name: _hash(path) for path in sorted(adapter.parent.glob("*.py"))}


def _hash(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
