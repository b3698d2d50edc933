"""Write and read one shard, in the form of safetensors, without a copy of its tensors in between.

The library builds a whole file in memory before it writes, and copies a tensor when it reads. Here
the bytes go from the arrays to the disk while a second thread hashes them, and come back as views
of the mapped file. The form is the library's, to the byte, and the library checks what is opened.
"""

from __future__ import annotations

import json
import mmap
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

from scaffold.golden import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_NAMES: Final = {
    "U64": "uint64",
    "I64": "int64",
    "F64": "float64",
    "C64": "complex64",
    "F32": "float32",
    "U32": "uint32",
    "I32": "int32",
    "F16": "float16",
    "U16": "uint16",
    "I16": "int16",
    "I8": "int8",
    "U8": "uint8",
    "BOOL": "bool",
}
"""The dtypes of safetensors that numpy has, in the order in which tensors stand in a file."""
_DTYPES: Final = {dtype: name for name, dtype in _NAMES.items()}
_RANK: Final = {dtype: rank for rank, dtype in enumerate(_DTYPES)}
_LENGTH: Final = 8
"""A file begins with the length of its header, in so many bytes; the header is padded to them."""


def write(path: Path, arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Write arrays in C order, and give the row of the shard in the manifest."""
    taken = blake2b(digest_size=digest.BYTES)
    size = 0
    with path.open("wb") as file, ThreadPoolExecutor(1) as beside:
        for piece in _pieces(arrays):
            hashed = beside.submit(taken.update, piece)
            size += file.write(piece)
            hashed.result()
    return {"file": path.name, "bytes": size, "hash": taken.hexdigest()}


def _pieces(arrays: Mapping[str, np.ndarray]) -> Iterator[bytes | memoryview]:
    if not {array.dtype.name for array in arrays.values()} <= _DTYPES.keys():
        yield save(dict(arrays))  # refuses what it does not know
        return
    order = sorted(arrays, key=lambda key: (_RANK[arrays[key].dtype.name], key))
    yield _header((key, arrays[key]) for key in order)
    for key in order:
        yield digest.content(arrays[key])


def _header(arrays: Iterable[tuple[str, np.ndarray]]) -> bytes:
    rows = {}
    end = 0
    for key, array in arrays:
        begin, end = end, end + array.nbytes
        name = _DTYPES[array.dtype.name]
        rows[key] = {"dtype": name, "shape": array.shape, "data_offsets": (begin, end)}
    text = json.dumps(rows, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % _LENGTH)
    return len(text).to_bytes(_LENGTH, "little") + text


@dataclass(frozen=True, slots=True)
class Shard:
    """An open shard: tensors are views of the file, and memory holds what was looked at."""

    _bytes: mmap.mmap | bytes
    _begin: int
    _rows: dict[str, Any]

    @classmethod
    def open(cls, path: Path) -> Shard:
        """Open a file.

        Raises:
            SafetensorError: It is no such file.
            OSError: It cannot be read.
        """
        with safe_open(path, framework="np"):
            pass
        with path.open("rb") as file:
            # Windows would not let the file be replaced while it is mapped.
            whole = (
                file.read()
                if os.name == "nt"
                else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            )
        length = int.from_bytes(whole[:_LENGTH], "little")
        begin = _LENGTH + length
        return cls(whole, begin, json.loads(whole[_LENGTH:begin]))

    def array(self, key: str) -> np.ndarray:
        """Give a tensor as a read-only view.

        Raises:
            KeyError: The file has none of that name, or one of a dtype that numpy has not.
        """
        row = self._rows[key]
        dtype, shape = np.dtype(_NAMES[row["dtype"]]), row["shape"]
        place = self._begin + row["data_offsets"][0]
        return np.frombuffer(self._bytes, dtype, prod(shape), place).reshape(shape)

    def release(self) -> None:
        """Give the memory back that was filled by looking; looking again reads again."""
        if isinstance(self._bytes, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            self._bytes.madvise(mmap.MADV_DONTNEED)
