"""Find a description of inputs on which a model runs, or say what has to be given."""

from __future__ import annotations

import dataclasses
import inspect
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from scaffold.core.blueprint import Input, InputKind
from scaffold.core.errors import ScaffoldError
from scaffold.reference.blueprint.inputs import general, transformers, vision
from scaffold.reference.blueprint.inputs.draw import batch_of
from scaffold.reference.blueprint.inputs.given import FORM
from scaffold.reference.spec.failures import out_of_memory
from scaffold.reference.spec.near import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import nn

    from scaffold.reference.blueprint.inputs.draw import Batch

Rows = tuple[Input, ...]

_TRIED = 12
"""How many guesses are tried at most; a model that takes none of the first takes none."""
_SHOWN = 3
_LONG = 200

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Guess(Generic[T]):
    """What a model takes, and what its run on that has given."""

    rows: Rows
    run: T
    notes: tuple[str, ...] = ()
    """What was left out, and why."""


def guessed(
    model: nn.Module,
    given: Sequence[Input],
    *,
    seed: int,
    where: str,
    size: tuple[int, ...] = (),
    attempt: Callable[[Batch], T],
) -> Guess[T]:
    """Find the inputs of a model: what was given, or the first guess on which it runs.

    Args:
        model: In evaluation mode; it is run.
        given: What a person described; then nothing is guessed.
        seed: Where the numbers start.
        where: What to call the model in a message.
        size: Channels, height and width of its images, where its metadata tell of them.
        attempt: Runs the model on a batch; what it gives is kept of the run that succeeds.

    Raises:
        ScaffoldError: The model does not run on what was given, or on anything that was guessed.
    """
    if given:
        rows = _fitted(model, given)
        try:
            return Guess(rows=rows, run=attempt(batch_of(rows, seed=seed)))
        except Exception as error:
            if out_of_memory(error):
                raise
            raise ScaffoldError(
                f"does not run on {told(rows)} ({_said(error)})",
                where=where,
                remedy=f"give every input that it needs: {FORM}",
            ) from error
    tried: list[tuple[Rows, str]] = []
    for rows in candidates(model, size)[:_TRIED]:
        try:
            run = attempt(batch_of(rows, seed=seed))
        except Exception as error:
            if out_of_memory(error):
                raise
            tried.append((rows, _said(error)))
        else:
            return Guess(rows=rows, run=run, notes=_left_out(tried, rows))
    raise _unguessed(model, tried, where)


def candidates(model: nn.Module, size: tuple[int, ...] = ()) -> list[Rows]:
    """Give what a model may take, the likeliest first."""
    found: list[Rows] = []
    for ways in (
        vision.candidates(model, size),
        transformers.candidates(model),
        general.candidates(model),
    ):
        found += [rows for rows in ways if rows and rows not in found]
    return found


def told(rows: Sequence[Input]) -> str:
    """Say in words what a batch consists of."""
    return ", ".join(
        f"{row.name}{'.' + row.path if row.path else ''} "
        f"({', '.join(str(size) for size in row.shape)}) {row.dtype}"
        for row in rows
    )


def _said(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[-1] if lines else ''}"[:_LONG].rstrip(": ")


def _left_out(tried: Sequence[tuple[Rows, str]], rows: Rows) -> tuple[str, ...]:
    """Say which inputs an earlier guess had and this one has not."""
    names = {row.name for row in rows}
    for before, failure in tried:
        gone = sorted({row.name for row in before} - names)
        if gone and names < {row.name for row in before}:
            return (f"the example batch has no {', '.join(gone)}: with it, {failure}",)
    return ()


def _unguessed(model: nn.Module, tried: Sequence[tuple[Rows, str]], where: str) -> ScaffoldError:
    signature = f"forward{inspect.signature(model.forward)}".replace("torch.Tensor", "Tensor")
    if len(signature) > _LONG:
        signature = f"forward({', '.join(inspect.signature(model.forward).parameters)})"
    tries = "; ".join(f"{told(rows)}: {failure}" for rows, failure in tried[:_SHOWN])
    return ScaffoldError(
        f"cannot guess what {type(model).__name__} takes: {signature}"
        + (f" (tried {tries})" if tries else ""),
        where=where,
        remedy=f"describe every tensor: {FORM}",
    )


def _fitted(model: nn.Module, given: Sequence[Input]) -> Rows:
    """Put given inputs in the order of the signature, by position where that is how they go.

    Raises:
        ScaffoldError: `forward` has no parameter of a name, or a range is missing.
    """
    parameters = inspect.signature(model.forward).parameters
    kinds = {one.kind for one in parameters.values()}
    open_ended = inspect.Parameter.VAR_KEYWORD in kinds
    rest = inspect.Parameter.VAR_POSITIONAL in kinds
    names = [name for name, one in parameters.items() if one.kind not in _REST]
    for row in given:
        if row.name not in names and not open_ended and not rest:
            raise ScaffoldError(
                f"forward takes no {row.name!r}",
                where=f"--input {row.name}",
                remedy=did_you_mean(row.name, names, otherwise=f"it takes {', '.join(names)}"),
            )
    order = {name: place for place, name in enumerate(names)}
    rows = sorted(given, key=lambda row: order.get(row.name, len(order)))
    positional = _leading(names, {row.name for row in rows}, parameters)
    return tuple(
        dataclasses.replace(
            _ranged(row, model), positional=row.name in positional or (rest and not open_ended)
        )
        for row in rows
    )


_REST = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _leading(names: Sequence[str], given: set[str], parameters: Any) -> set[str]:  # noqa: ANN401 - a mapping
    """Give the names that can go by position: those before the first one that is left out."""
    found: set[str] = set()
    for name in names:
        if name not in given or parameters[name].kind is inspect.Parameter.KEYWORD_ONLY:
            break
        found.add(name)
    return found


def _ranged(row: Input, model: nn.Module) -> Input:
    """Give whole numbers the range of the model's first table, where none was given.

    Raises:
        ScaffoldError: There is no table to take it from.
    """
    if row.kind is not InputKind.TOKENS or row.high is not None:
        return row
    rows = general.vocabulary(model)
    if not rows:
        raise ScaffoldError(
            f"{row.name} is whole numbers, and their range is not known",
            where=f"--input {row.name}",
            remedy=f"add it: {row.name}={'x'.join(map(str, row.shape))}:{row.dtype}:0..99",
        )
    return dataclasses.replace(row, low=0, high=rows - 1)
