"""Say what a run ran on: versions, processor, threads, commit."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import version
from typing import Any

import torch

PACKAGES = ("torch", "lightning", "hydra-core", "numpy", "scikit-learn", "refscaffold")


def fingerprint() -> dict[str, Any]:
    """Collect what may change a result although neither code nor configuration changed."""
    return {
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "system": f"{platform.system()} {platform.machine()}",
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
        "devices": [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())],
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "tf32": torch.backends.cuda.matmul.allow_tf32,
    }


def commit() -> str:
    """Name the commit that runs, with `+changes` when the tree differs from it; `unknown` outside git."""
    head = git("rev-parse", "--verify", "--quiet", "HEAD")
    if not head:
        return "unknown"
    # What runs themselves write is no change of the code.
    changes = git("status", "--porcelain", "--", ".", ":!results", ":!README.md")
    return head + ("+changes" if changes else "")


def git(*arguments: str) -> str:
    """Run git and give its output, or nothing where that fails."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip()
