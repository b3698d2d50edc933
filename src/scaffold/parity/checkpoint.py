"""Read and write files of weights, and run nothing that such a file brings along.

safetensors, one file or the index of several; and files of `torch.save`, of which nothing but
tensors and plain containers is loaded.
"""

from __future__ import annotations

import json
import pickle
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SAFE, INDEX = ".safetensors", ".safetensors.index.json"
WITHIN = ("state_dict", "model_state_dict", "model", "module", "net", "weights")
"""Under these keys a checkpoint of a training holds the weights."""
WRAPPER = "module."
"""What DataParallel puts before every name."""


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read every tensor of a file by its name, on the CPU.

    Args:
        path: A `.safetensors` file, a `.safetensors.index.json`, or else a file of `torch.save`.

    Raises:
        ScaffoldError: It is missing or broken, would run code, or holds no named tensors.
    """
    if not path.is_file():
        raise ScaffoldError(
            "there is no such file", where=str(path), remedy="name a file of weights"
        )
    if path.name.endswith(INDEX):
        return _sharded(path)
    return _safe(path) if path.suffix == SAFE else _pickled(path)


def write_weights(weights: Mapping[str, Tensor], path: Path) -> None:
    """Write tensors in one step: as safetensors, or with `torch.save` under any other suffix.

    Raises:
        ScaffoldError: It cannot be written there.
    """
    # Tied weights are written under each of their names; safetensors wants them apart.
    apart = {name: value.detach().clone().contiguous() for name, value in weights.items()}
    beside = path.with_name(f".{path.name}.writing")
    try:
        if path.suffix == SAFE:
            save_file(apart, beside, metadata={"format": "pt"})
        else:
            torch.save(apart, beside)
        beside.replace(path)
    except (OSError, RuntimeError) as error:
        beside.unlink(missing_ok=True)
        raise ScaffoldError(
            f"cannot be written ({error})", where=str(path), remedy="look at its folder and disk"
        ) from error


def with_tied(weights: Mapping[str, Tensor], groups: Sequence[Sequence[str]]) -> dict[str, Tensor]:
    """Give tied weights every name that they have: many files hold each tensor once.

    Args:
        weights: As the file has them.
        groups: Names of one tensor each.
    """
    found = dict(weights)
    for group in groups:
        known = next((name for name in group if name in weights), None)
        if known is not None:
            found |= {name: weights[known] for name in group if name not in weights}
    return found


def _safe(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise ScaffoldError(
            f"cannot be read as safetensors ({error})",
            where=str(path),
            remedy="fetch it again; a file of torch.save ends in .pt, .pth or .bin",
        ) from error


def _sharded(path: Path) -> dict[str, Tensor]:
    try:
        names = json.loads(path.read_text(encoding="utf-8"))["weight_map"]
        files = sorted({str(file) for file in names.values()})
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise ScaffoldError(
            f"is no index of safetensors ({type(error).__name__})",
            where=str(path),
            remedy='write {"weight_map": {NAME: FILE}}, or name the files one by one',
        ) from error
    found: dict[str, Tensor] = {}
    for file in files:
        if "/" in file or "\\" in file or file in ("", ".."):
            raise ScaffoldError(
                f"names {file!r}, which is not beside it",
                where=str(path),
                remedy="put every file of weights into the folder of the index",
            )
        found |= read_weights(path.with_name(file))
    return found


def _pickled(path: Path) -> dict[str, Tensor]:
    try:
        with warnings.catch_warnings():  # of a protocol that torch itself does not write
            warnings.simplefilter("ignore")
            content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        lines = [line.strip() for line in str(error).splitlines() if "GLOBAL" in line]
        what = f" ({lines[0]})" if lines else ""
        raise ScaffoldError(
            f"holds more than tensors, and loading it would run code{what}",
            where=str(path),
            remedy="where you trust it, keep its tensors alone: "
            "save_file(model.state_dict(), 'weights.safetensors')",
        ) from error
    except Exception as error:  # whatever bytes of a stranger make of the reader
        said = (str(error).splitlines() or [""])[0]
        raise ScaffoldError(
            f"cannot be read as a file of torch.save ({type(error).__name__}: {said})",
            where=str(path),
            remedy="fetch it again; safetensors end in .safetensors",
        ) from error
    return _tensors(content, path)


def _tensors(content: object, path: Path) -> dict[str, Tensor]:
    """Find the named tensors of a checkpoint, within what a training puts around them."""
    for _ in range(3):
        if not isinstance(content, Mapping):
            break
        named = {str(name): value for name, value in content.items() if isinstance(value, Tensor)}
        if named and len(named) == len(content):
            wrapped = all(name.startswith(WRAPPER) for name in named)
            return {name.removeprefix(WRAPPER) if wrapped else name: v for name, v in named.items()}
        content = next((content[name] for name in WITHIN if name in content), None)
    raise ScaffoldError(
        "holds no tensors by name",
        where=str(path),
        remedy=f"save a state dict, alone or under one of {', '.join(WITHIN)}",
    )
