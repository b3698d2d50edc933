"""Read the inputs that a person describes: `--input input_ids=2x16:int64:0..99`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.core.blueprint import Input, InputKind
from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Sequence

FORM = "--input NAME=SHAPE:DTYPE, such as x=2x3x32x32:float32 or ids=2x16:int64:0..99"

_DTYPES = {
    **dict.fromkeys(("float32", "float64", "float16", "bfloat16", "complex64"), True),
    **dict.fromkeys(("int64", "int32", "int16", "int8", "uint8", "bool"), False),
}
"""Whether a type is of real numbers."""
_RANGE = re.compile(r"(-?[\d.]+(?:e-?\d+)?)\.\.(-?[\d.]+(?:e-?\d+)?)")
_NAME = re.compile(r"([A-Za-z_]\w*)((?:\.\w+)*)")
_IMAGE = 4
_CHANNELS = (1, 3)


def given_inputs(words: Sequence[str]) -> tuple[Input, ...]:
    """Read descriptions of inputs; what is within a list or a dictionary has a dotted name.

    Raises:
        ScaffoldError: One is no description; the remedy shows the form.
    """
    rows = tuple(_input(word) for word in words)
    seen: set[tuple[str, str]] = set()
    for row in rows:
        place = (row.name, row.path)
        if place in seen:
            name = ".".join(filter(None, place))
            raise ScaffoldError(
                f"{name} is given twice", where="--input", remedy=f"keep one of them: {name}=..."
            )
        seen.add(place)
    return rows


def _input(word: str) -> Input:
    place, _, described = word.partition("=")
    found = _NAME.fullmatch(place)
    shape, _, rest = described.partition(":")
    dtype, _, bounds = rest.partition(":")
    if not found or not re.fullmatch(r"\d+([x,]\d+)*|", shape) or not described or not dtype:
        raise _unread(word)
    if dtype not in _DTYPES:
        raise ScaffoldError(
            f"{dtype!r} is no type of numbers",
            where=f"--input {word}",
            remedy=f"write one of {', '.join(_DTYPES)}",
        )
    low, high = _bounds(bounds, word)
    sizes = tuple(int(one) for one in re.split("[x,]", shape) if one)
    return Input(
        name=found[1],
        path=found[2].removeprefix("."),
        shape=sizes,
        dtype=dtype,
        kind=_kind(found[1], sizes, dtype),
        low=low,
        high=high,
        positional=False,
    )


def _bounds(text: str, word: str) -> tuple[float | None, float | None]:
    if not text:
        return None, None
    found = _RANGE.fullmatch(text)
    try:
        low, high = (float(found[1]), float(found[2])) if found else (1.0, 0.0)
    except ValueError:
        low, high = 1.0, 0.0
    if low > high:
        raise ScaffoldError(
            f"{text!r} is no range",
            where=f"--input {word}",
            remedy="write LOW..HIGH, such as 0..99",
        )
    return low, high


def _kind(name: str, shape: tuple[int, ...], dtype: str) -> InputKind:
    if dtype == "bool" or "mask" in name.lower():
        return InputKind.MASK
    if not _DTYPES[dtype]:
        return InputKind.TOKENS
    image = len(shape) == _IMAGE and shape[1] in _CHANNELS
    return InputKind.IMAGE if image else InputKind.REAL


def _unread(word: str) -> ScaffoldError:
    return ScaffoldError(
        f"{word!r} describes no input",
        where="--input",
        remedy=f"write {FORM}",
    )
