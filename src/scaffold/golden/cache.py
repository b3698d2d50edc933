"""Keep full tensors by their hash in a folder that is not committed.

The committed bundle names a tensor by its content; here it lies under that name. So the folder can
be fetched, shared, thrown away and recorded again: what is there is right or it is refused.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from scaffold.core.errors import ScaffoldError
from scaffold.golden import digest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RECORD_AGAIN = "record again with --tier T1, or fetch the folder from where it was recorded"
_KEY = "tensor"


def path_of(cache: Path, key: str) -> Path:
    """Give the file of a tensor: the first two digits of its hash are a folder."""
    return cache / key[:2] / f"{key}.safetensors"


def store(cache: Path, key: str, array: np.ndarray) -> None:
    """Put a tensor under its hash; what is there already is the same.

    Raises:
        ScaffoldError: The folder cannot be written.
    """
    path = path_of(cache, key)
    if path.is_file():
        return
    beside = path.with_name(f".{key}.{os.getpid()}.writing")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(save({_KEY: np.asarray(array, order="C")}))
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ScaffoldError(
            f"full tensors cannot be kept here: {error.strerror}",
            where=str(cache),
            remedy="look at its permissions and its space, or name another folder as "
            "cache in the [parity] table of reengineering.toml",
        ) from error


def load(cache: Path, key: str) -> np.ndarray:
    """Give a tensor back, held against its hash.

    Raises:
        ScaffoldError: It is not there, or is not what was recorded.
    """
    path = path_of(cache, key)
    try:
        array: np.ndarray = load_file(path)[_KEY]
    except FileNotFoundError:
        raise ScaffoldError(
            f"the full tensor {key} is not in the cache", where=str(cache), remedy=RECORD_AGAIN
        ) from None
    except (SafetensorError, OSError, KeyError) as error:
        raise ScaffoldError(
            f"the full tensor cannot be read ({error})", where=str(path), remedy=RECORD_AGAIN
        ) from error
    if digest.of_array(array) != key:
        raise ScaffoldError(
            "the full tensor is not the one that was recorded (its hash differs)",
            where=str(path),
            remedy=f"delete it, and {RECORD_AGAIN}",
        )
    return array


def missing(cache: Path, keys: Iterable[str]) -> tuple[str, ...]:
    """Give the hashes that are not there."""
    return tuple(key for key in keys if not path_of(cache, key).is_file())
