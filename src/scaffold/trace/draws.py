"""See every random number that a run draws, and give another run the same ones.

A dispatch mode sees each draw, whoever asks for it: `nn.Dropout`, a function, attention with
dropout, code written by hand. What the reference drew is given to ours in the same order, so that
two runs in training mode can be compared number by number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from scaffold.trace.streams import UNIT_SPREAD, spread, stream

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

MASK, UNIFORM, NORMAL, EXPONENTIAL = "bernoulli", "uniform", "normal", "exponential"
_KINDS = {
    "bernoulli": MASK,
    "uniform": UNIFORM,
    "rand": UNIFORM,
    "rand_like": UNIFORM,
    "normal": NORMAL,
    "randn": NORMAL,
    "randn_like": NORMAL,
    "exponential": EXPONENTIAL,
}
_STANDARD = {UNIFORM: (0.0, 1.0), NORMAL: (0.0, 1.0), EXPONENTIAL: (1.0,), MASK: (0.5,)}
_FORM = frozenset({"dtype", "layout", "device", "memory_format"})
"""Arguments that say how numbers are stored; torch gives them as numbers too."""
CLOSE = 1e-6
"""A probability is a float32 on one side and a python number on the other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draw:
    """One draw: of which kind, with which parameters, and what came out."""

    kind: str
    parameters: tuple[float, ...]
    """Of a mask the probability of a one, none where it is another for each element; of uniform
    numbers the bounds; of normal ones mean and deviation."""
    values: Tensor

    def said(self) -> str:
        """Name kind, parameters and shape."""
        numbers = ", ".join(f"{number:.6g}" for number in self.parameters)
        return f"{self.kind}({numbers}) of shape {list(self.values.shape)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mismatch:
    """Why the numbers of theirs are not those that ours asks for."""

    reason: str
    wrong: bool
    """Whether another distribution is drawn from; otherwise the draws cannot be paired."""


class _Draws(TorchDispatchMode):  # type: ignore[no-untyped-call] # torch leaves it untyped
    """Hand every draw to `_answer`, which may give other numbers for it."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # torch leaves it untyped

    def __torch_dispatch__(
        self,
        func: Any,  # noqa: ANN401 - an operator
        types: Any,  # noqa: ANN401 - the protocol names it
        args: Any = (),  # noqa: ANN401
        kwargs: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        given = kwargs or {}
        if torch.Tag.nondeterministic_seeded not in func.tags:
            return func(*args, **given)
        kind, parameters = _described(func, args, given)
        drawn = func(*args, **given)
        if not isinstance(drawn, Tensor) or _void(kind, parameters):
            return drawn
        values = self._answer(Draw(kind=kind, parameters=parameters, values=drawn.detach()))
        with torch.no_grad():
            return drawn.copy_(values.reshape(drawn.shape))

    def _answer(self, asked: Draw) -> Tensor:
        raise NotImplementedError


class Drawn(_Draws):  # type: ignore[no-untyped-call] # torch leaves it untyped
    """Draw from a frozen stream, the same on every machine, and keep what was drawn."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.draws: list[Draw] = []
        self._seed = seed

    def _answer(self, asked: Draw) -> Tensor:
        values = self._made(asked).to(asked.values.dtype)
        self.draws.append(Draw(kind=asked.kind, parameters=asked.parameters, values=values.clone()))
        return values

    def _made(self, asked: Draw) -> Tensor:
        shape, number = asked.values.shape, len(self.draws)
        if asked.kind not in _KINDS.values() or not asked.parameters:
            return asked.values  # a kind of its own: torch's numbers are as good as any
        parts = 12 if asked.kind == NORMAL else 1
        each = [spread(shape, self._seed, "draw", number, turn) for turn in range(parts)]
        if asked.kind == NORMAL:
            return _bent(NORMAL, torch.stack(each).double().sum(0) / parts**0.5, asked.parameters)
        even = each[0].double() / (2 * UNIT_SPREAD) + 0.5
        if asked.kind == MASK:
            return (even < asked.parameters[0]).double()
        if asked.kind == EXPONENTIAL:
            even = -torch.log1p(-even.clamp(max=1 - 1e-7))
        return _bent(asked.kind, even, asked.parameters)


class Injected(_Draws):  # type: ignore[no-untyped-call] # torch leaves it untyped
    """Answer each draw of ours with the draw of theirs that has the same number."""

    def __init__(self, theirs: Sequence[Draw], *, high: Collection[int] = ()) -> None:
        """Take what theirs drew.

        Args:
            theirs: In order.
            high: How uniform numbers stand for a mask: a small one keeps, as in `rand(n) < keep`;
                in these draws a large one, as in `rand(n) >= drop`. Nothing but the result tells
                which is meant.
        """
        super().__init__()
        self._theirs, self._high = theirs, frozenset(high)
        self.count = 0
        self.crossed: list[int] = []
        """The draws in which uniform numbers stood for a mask, or a mask for them."""
        self._problems: list[Mismatch] = []

    @property
    def problem(self) -> Mismatch | None:
        """What was wrong with the draws so far; too few of them are wrong as well."""
        if self._problems:
            return next((one for one in self._problems if one.wrong), self._problems[0])
        return self._counted() if self.count != len(self._theirs) else None

    def _counted(self) -> Mismatch:
        many = [_times(number) for number in (len(self._theirs), self.count)]
        reason = f"theirs draws random numbers {many[0]}, ours {many[1]}"
        if self.count < len(self._theirs):
            alone = self._theirs[self.count].said()
            reason = f"{reason}; the first without a partner: {alone}"
        return Mismatch(reason=reason, wrong=False)

    def _answer(self, asked: Draw) -> Tensor:
        number, self.count = self.count, self.count + 1
        if number >= len(self._theirs):
            return asked.values
        theirs = self._theirs[number]
        problem = _unlike(theirs, asked, number)
        if problem is not None:
            self._problems.append(problem)
        if problem is not None and not problem.wrong:
            return asked.values
        return self._turned(theirs, asked, number)

    def _turned(self, theirs: Draw, asked: Draw, number: int) -> Tensor:
        """Say what theirs drew in the words of ours."""
        if theirs.kind == asked.kind:
            if theirs.kind not in _STANDARD or theirs.kind == MASK:
                return theirs.values
            return _bent(
                asked.kind, _straight(theirs), asked.parameters or _STANDARD[asked.kind]
            ).to(asked.values.dtype)
        self.crossed.append(number)
        low = number not in self._high
        if asked.kind == MASK:
            even, keep = _straight(theirs), asked.parameters[0] if asked.parameters else 0.5
            mask = even < keep if low else even >= 1 - keep
            return mask.to(asked.values.dtype)
        even = _even(theirs, number, low=low)
        return _bent(UNIFORM, even, asked.parameters or (0.0, 1.0)).to(asked.values.dtype)


def _even(mask: Draw, number: int, *, low: bool) -> Tensor:
    """Give uniform numbers that fall on the side of the threshold on which the mask stands."""
    keep = mask.parameters[0] if mask.parameters else 0.5
    drawn = stream(0, "even", number).random_sample(tuple(mask.values.shape))
    inner = torch.from_numpy(np.asarray(0.0005 + 0.999 * drawn))
    kept = mask.values > 0
    if low:
        return torch.where(kept, keep * inner, keep + (1 - keep) * inner)
    return torch.where(kept, (1 - keep) + keep * inner, (1 - keep) * inner)


def _unlike(theirs: Draw, asked: Draw, number: int) -> Mismatch | None:
    where = f"draw {number + 1}: theirs is {theirs.said()}, ours {asked.said()}"
    crossing = {theirs.kind, asked.kind} == {MASK, UNIFORM}
    if theirs.kind != asked.kind and not crossing:
        return Mismatch(reason=where, wrong=True)
    if _squeezed(theirs.values) != _squeezed(asked.values):
        return Mismatch(reason=where, wrong=False)
    both = theirs.parameters, asked.parameters
    fixed = theirs.kind == asked.kind and (theirs.kind == MASK or theirs.kind not in _STANDARD)
    if fixed and all(both) and any(abs(a - b) > CLOSE for a, b in zip(*both, strict=False)):
        return Mismatch(reason=where, wrong=True)
    return None


def _squeezed(values: Tensor) -> list[int]:
    return [size for size in values.shape if size != 1]


def _times(number: int) -> str:
    return {0: "never", 1: "once"}.get(number, f"{number} times")


def _void(kind: str, parameters: tuple[float, ...]) -> bool:
    """Whether nothing is left to chance: a mask of ones alone, or of zeros."""
    return kind == MASK and parameters in {(0.0,), (1.0,)}


def _straight(draw: Draw) -> Tensor:
    """Bring numbers to the standard form of their kind."""
    values = draw.values.double()
    first, *rest = draw.parameters or _STANDARD[draw.kind]
    if draw.kind == EXPONENTIAL:
        return values * first
    return (values - first) / ((rest[0] - first) if draw.kind == UNIFORM else rest[0])


def _bent(kind: str, standard: Tensor, parameters: tuple[float, ...]) -> Tensor:
    """Bring numbers from the standard form of their kind to these parameters."""
    first, *rest = parameters
    if kind == EXPONENTIAL:
        return standard / first
    return standard * ((rest[0] - first) if kind == UNIFORM else rest[0]) + first


def _described(
    func: Any,  # noqa: ANN401 - an operator
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
) -> tuple[str, tuple[float, ...]]:
    """Give kind and parameters of a draw; of an unknown kind, its name and its numbers."""
    schema = func._schema  # noqa: SLF001 - torch has no public name for it
    name = schema.name.partition("::")[2].rstrip("_")
    said = {one.name: one.default_value for one in schema.arguments if one.has_default_value()}
    said |= {one.name: value for one, value in zip(schema.arguments, args, strict=False)}
    said |= kwargs
    kind = _KINDS.get(name)
    if kind is None:
        numbers = (
            value for key, value in said.items() if key not in _FORM and not isinstance(value, bool)
        )
        return name, tuple(float(value) for value in numbers if isinstance(value, int | float))
    if kind == MASK:
        return kind, _probability(said.get("p", said.get("self")))
    wanted = {UNIFORM: ("from", "to"), NORMAL: ("mean", "std"), EXPONENTIAL: ("lambd",)}[kind]
    found = [said.get(key) for key in wanted]
    if any(isinstance(number, Tensor) for number in found):
        return kind, ()
    pairs = zip(found, _STANDARD[kind], strict=True)
    return kind, tuple(float(usual if number is None else number) for number, usual in pairs)


def _probability(value: object) -> tuple[float, ...]:
    """Give the one probability, or nothing where every element has its own."""
    if isinstance(value, Tensor):
        flat = value.detach().flatten()
        same = flat.numel() > 0 and bool((flat == flat[0]).all())
        return (float(flat[0]),) if same else ()
    return (float(value),) if isinstance(value, int | float) else ()
