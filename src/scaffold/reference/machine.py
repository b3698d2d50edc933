"""Name the processor that a reference ran on: its sums depend on how wide its vectors are."""

from __future__ import annotations

import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")

WIDTHS = ("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "sve")
"""The instructions that decide in which order a sum is taken, and in which precision."""


def processor(cpuinfo: Path = CPUINFO) -> dict[str, str]:
    """Give the model of the processor and its vector instructions, as far as the system tells."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {"processor": platform.processor(), "instructions": ""}
    told: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        told.setdefault(name.strip().lower(), value.strip())
    flags = set(told.get("flags", told.get("features", "")).split())
    return {
        "processor": told.get("model name", platform.processor()),
        "instructions": " ".join(flag for flag in WIDTHS if flag in flags),
    }
