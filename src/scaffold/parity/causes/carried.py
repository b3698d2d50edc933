"""Build trials that change the tensors of a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.parity.causes.trial import NAMED, Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from scaffold.parity.causes.bench import Bench
    from scaffold.parity.causes.trial import ChangeState

    Turn = Callable[[Tensor], Tensor]


def parameters(bench: Bench, least: int) -> list[tuple[str, Tensor]]:
    """Return tensors of the part with that many axes or more, outside what is proved."""
    return [
        (name, bench.tensor(name))
        for name in bench.parameters
        if bench.tensor(name).ndim >= least
        and not any(name.startswith(f"{path}.") for path in bench.proved)
    ]


def turned(name: str, turn: Turn, theirs: str, *, rank: int = NAMED) -> Trial:
    """Return a trial that changes one tensor."""
    words, change = f"{name} {theirs}", mapped([name], turn)
    return Trial(theirs=words, ours="as it is", place=name, state=change, rank=rank)


def mapped(names: Sequence[str], turn: Turn) -> ChangeState:
    """Return a change of state that changes each of these tensors in one way."""
    return lambda state, _input: {name: turn(state[name]) for name in names}
