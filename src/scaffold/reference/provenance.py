"""Write down where goldens come from, so that a later difference can be explained."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import torch

from scaffold import __version__
from scaffold.reference import source
from scaffold.reference.machine import processor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor, nn

_PACKAGES = ("numpy", "safetensors", "torch")


def provenance(
    adapter: Path,
    *,
    model: nn.Module,
    weights: str,
    seed: int,
    threads: int,
    options: str = "",
) -> dict[str, Any]:
    """Describe the reference's code and weights, the versions, the machine and its switches.

    Nothing here tells the time or the place: recording again on the same machine gives the same
    bytes, from every folder and in every checkout.

    Args:
        adapter: The file that shows the reference.
        model: The reference that was recorded.
        weights: The hash of its state dict as it was built, before anything was moved.
        seed: Where every random choice started.
        threads: How many threads it ran on.
        options: What was asked for beside the seed, as on the command line.
    """
    return {
        "adapter": adapter.name,
        "command": " ".join(f"scaffold record --seed {seed} {options}".split()),
        "files": {path.name: source.hash_of(path) for path in sorted(adapter.parent.glob("*.py"))},
        "machine": {
            "architecture": platform.machine(),
            "system": platform.system(),
            "vector": torch.backends.cpu.get_cpu_capability(),
            **processor(),
        },
        "packages": source.packages_of(model),
        "precision": _precision(),
        "repository": source.repository_of(adapter.parent),
        "seed": seed,
        "sources": source.modules_of(model, adapter.parent),
        "threads": threads,
        "versions": {
            "python": platform.python_version(),
            "refscaffold": __version__,
            **{name: _version(name) for name in _PACKAGES},
        },
        "weights": weights,
    }


def weights_hash(weights: Mapping[str, Tensor]) -> str:
    """Hash a state dict: every name with its type, its shape and its bytes."""
    pieces: list[bytes] = []
    for name, value in weights.items():
        plain = value.detach().cpu().contiguous().reshape(-1)
        pieces.append(f"{name} {value.dtype} {list(value.shape)}\n".encode())
        if plain.numel():
            pieces.append(plain.view(torch.uint8).numpy().tobytes())
    return source.hash_of_all(pieces)


def _precision() -> dict[str, Any]:
    return {
        "cudnn_tf32": bool(torch.backends.cudnn.allow_tf32),
        "default": str(torch.get_default_dtype()).removeprefix("torch."),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "matmul": torch.get_float32_matmul_precision(),
        "mkldnn": bool(torch.backends.mkldnn.enabled),
        "tf32": bool(torch.backends.cuda.matmul.allow_tf32),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
