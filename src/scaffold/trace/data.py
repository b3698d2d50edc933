"""Take a sample from its bytes to the input of the model, one named operation at a time.

An operation is a function of what the operation before it gave. A random one is a pair: `draw`
gives its parameters for a seed, `apply` changes a sample by them; so either can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Operations = Mapping[str, Any]

DRAWS = 512
"""Seeds to draw the parameters of a random operation from: means are then known to 4.4 %."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What one operation made of one sample."""

    name: str
    value: Any
    """As the operation gives it."""
    parameters: np.ndarray | None = None
    """What a random operation drew for it."""


def chain(operations: Operations, source: Any, seed: int) -> Iterator[Step]:  # noqa: ANN401 - bytes or an array
    """Run every operation on a sample, each on what the one before it gave."""
    value = source
    for name, operation in operations.items():
        drawing = random_of(operation)
        if drawing is None:
            value = _run(name, operation, value)
            yield Step(name=name, value=value)
            continue
        draw, apply = drawing
        parameters = _run(name, draw, seed)
        value = _run(name, lambda given, by=parameters, run=apply: run(given, by), value)
        yield Step(name=name, value=value, parameters=numbers(parameters, name))


def drawn(draw: Callable[[int], Any], name: str, seeds: range) -> np.ndarray:
    """Draw the parameters of a random operation for many seeds: seeds by parameters."""
    return np.stack([numbers(_run(name, draw, seed), name) for seed in seeds])


def random_of(operation: Any) -> tuple[Callable[[int], Any], Callable[[Any, Any], Any]] | None:  # noqa: ANN401
    """Give `draw` and `apply` of a random operation, None for one that is not."""
    if callable(operation):
        return None
    try:
        draw, apply = operation
    except (TypeError, ValueError):
        draw, apply = None, None
    if not callable(draw) or not callable(apply):
        raise ScaffoldError(
            f"an operation on data is a function, or a pair of two; this is a "
            f"{type(operation).__name__}",
            where="data_steps",
            remedy="give {'<name>': function} or {'<name>': (draw, apply)}",
        )
    return draw, apply


def numbers(parameters: Any, name: str) -> np.ndarray:  # noqa: ANN401 - whatever is drawn
    """Give drawn parameters as a flat array of float64."""
    try:
        flat = [np.asarray(part, dtype=np.float64).ravel() for part in _parts(parameters)]
        return np.concatenate([np.empty(0), *flat])
    except (TypeError, ValueError) as error:
        raise ScaffoldError(
            f"`draw` gives what is no number ({error})",
            where=f"data_steps, {name}",
            remedy="give a number, or a tuple of numbers",
        ) from error


def _parts(parameters: Any) -> list[Any]:  # noqa: ANN401 - whatever is drawn
    if isinstance(parameters, dict):
        return list(parameters.values())
    return list(parameters) if isinstance(parameters, tuple | list) else [parameters]


def array(value: Any, name: str) -> np.ndarray:  # noqa: ANN401 - whatever the operation gives
    """Give what an operation made as an array: a tensor, an array, a picture, bytes.

    Raises:
        ScaffoldError: It is none of these.
    """
    if isinstance(value, bytes):
        return np.frombuffer(value, dtype=np.uint8)
    found = value.detach().cpu().numpy() if isinstance(value, Tensor) else np.asarray(value)
    if found.dtype == object:
        raise ScaffoldError(
            f"gives a {type(value).__name__}, which is no array",
            where=f"data_steps, {name}",
            remedy="give an array, a tensor or a picture; split an operation that gives several",
        )
    return np.ascontiguousarray(found) if found.ndim else found


def as_given(golden: np.ndarray, like: Any) -> Any:  # noqa: ANN401 - of the type of `like`
    """Give a golden in the form in which ours handles a sample at that place."""
    if isinstance(like, bytes):
        return golden.tobytes()
    if isinstance(like, Tensor):
        return Tensor.new_tensor(like, golden).to(like.dtype)
    if type(like).__module__.startswith("PIL."):
        from PIL import Image  # noqa: PLC0415 - only where ours has it

        return Image.fromarray(golden)
    return golden.copy()


def _run(name: str, function: Callable[..., Any], value: Any) -> Any:  # noqa: ANN401
    try:
        return function(value)
    except ScaffoldError:
        raise
    except Exception as error:
        raise ScaffoldError(
            f"fails ({type(error).__name__}: {error})",
            where=f"data_steps, {name}",
            remedy="call it from python on that sample, and mend what the traceback shows",
        ) from error


def applied(name: str, operation: Any, value: Any, parameters: np.ndarray | None) -> Any:  # noqa: ANN401
    """Run one operation; a random one with given parameters, or unchanged where there are none."""
    drawing = random_of(operation)
    if drawing is None:
        return _run(name, operation, value)
    if parameters is None:
        raise ScaffoldError(
            "is random, and the reference draws nothing there",
            where=f"data_steps, {name}",
            remedy="leave it out of `data_steps`, or record the reference's own draws",
        )
    draw, apply = drawing
    form = _run(name, draw, 0)
    return _run(name, lambda given: apply(given, _formed(parameters, form)), value)


def _formed(parameters: np.ndarray, like: Any) -> Any:  # noqa: ANN401 - of the type of `like`
    """Give recorded parameters in the form in which ours draws them."""
    flat = parameters.tolist()

    def one(value: float, model: Any) -> Any:  # noqa: ANN401
        if isinstance(model, bool | np.bool_):
            return bool(value)
        return int(value) if isinstance(model, int | np.integer) else value

    if isinstance(like, dict):
        return {key: one(flat[i], part) for i, (key, part) in enumerate(like.items())}
    if isinstance(like, tuple | list):
        parts = [one(flat[i], part) for i, part in enumerate(like)]
        named = isinstance(like, tuple) and hasattr(like, "_fields")
        return type(like)(*parts) if named else type(like)(parts)
    if isinstance(like, Tensor):
        return Tensor.new_tensor(like, flat).reshape(like.shape)
    if isinstance(like, np.ndarray):
        return np.asarray(flat, dtype=like.dtype).reshape(like.shape)
    return one(flat[0], like)
