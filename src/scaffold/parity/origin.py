"""Say what was compared with what: the bundle and its provenance, and the machine that compares."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import torch

from scaffold import __version__
from scaffold.golden import digest
from scaffold.golden.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.golden import Bundle

_PACKAGES = ("numpy", "safetensors")


def origin(bundle: Bundle) -> tuple[tuple[str, str], ...]:
    """Give name and text of everything that could explain a difference, the bundle first.

    Nothing here tells the time or a place on this machine: comparing again gives the same.
    """
    return (
        ("bundle", digest.of_file(bundle.folder / MANIFEST)),
        *(("bundle shard", f"{one['file']} {one['hash']}") for one in bundle.manifest["shards"]),
        *(("recorded: " + name, text) for name, text in _flat(bundle.provenance)),
        *(("compared: " + name, text) for name, text in _here()),
    )


def _flat(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in sorted(table.items()):
        path = f"{above}{name}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path} ")
        elif isinstance(value, list | tuple):
            yield path, " ".join(map(str, value))
        elif value is not None:
            yield path, str(value)


def _here() -> Iterator[tuple[str, str]]:
    yield "machine architecture", platform.machine()
    yield "machine system", platform.system()
    yield "machine vector", torch.backends.cpu.get_cpu_capability()
    yield "precision matmul", torch.get_float32_matmul_precision()
    yield "versions python", platform.python_version()
    yield "versions refscaffold", __version__
    yield "versions torch", torch.__version__
    for name in _PACKAGES:
        try:
            yield f"versions {name}", version(name)
        except PackageNotFoundError:
            continue
