"""Recurrent cells: order of the gates, double biases, where the reset stands."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from scaffold.parity.causes.edits import at
from scaffold.parity.causes.registry import hypothesis
from scaffold.parity.causes.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.parity.causes.bench import Bench
    from scaffold.parity.causes.watch import Made, State

GATES = {3: "rzn", 4: "ifgo"}


@hypothesis("gates", "the gates of a recurrent cell stand in another order", "D77")
def gate_order(bench: Bench) -> Iterator[Trial]:
    """Permute the gates in all tensors of a cell."""
    for place, group in _cells(bench).items():
        rows = bench.tensor(group[0]).shape[0]
        hidden = bench.tensor(next(n for n in group if "weight_hh" in n)).shape[1]
        count = rows // hidden
        for order in permutations(range(count)):
            if order != tuple(range(count)) and count in GATES:
                letters = "".join(GATES[count][gate] for gate in order)

                def turned(
                    state: State,
                    _input: object,
                    names: list[str] = group,
                    o: tuple[int, ...] = order,
                ) -> dict[str, Tensor]:
                    return {n: _blocks(state[n], o) for n in names}

                yield Trial(
                    theirs=f"gates in the order {letters}",
                    ours=GATES[count],
                    place=place or "the cell",
                    state=turned,
                )


@hypothesis("double-bias", "one of two biases is not there, or is counted twice", "D77")
def double_bias(bench: Bench) -> Iterator[Trial]:
    """Leave out one bias of a cell, or count one twice."""
    for place, group in _cells(bench).items():
        for word in ("bias_ih", "bias_hh"):
            names = [name for name in group if word in name]
            for factor, words in ((0.0, f"no {word}"), (2.0, f"{word} twice")):
                if names:
                    yield Trial(
                        theirs=words,
                        ours="two biases",
                        place=place or "the cell",
                        state=lambda state, _input, n=names, f=factor: {  # type: ignore[misc]
                            name: state[name] * f for name in n
                        },
                    )


@hypothesis("forget-bias", "one is added to the bias of the forget gate", "D77")
def forget_bias(bench: Bench) -> Iterator[Trial]:
    """Add one to the forget gate's bias, or take one away."""
    for place, group in _cells(bench).items():
        names = [name for name in group if "bias_ih" in name]
        if not names or bench.tensor(names[0]).shape[0] % 4:
            continue
        for shift in (1.0, -1.0):

            def moved(
                state: State, _input: object, n: list[str] = names, s: float = shift
            ) -> dict[str, Tensor]:
                found = {}
                for name in n:
                    width = state[name].shape[0] // 4
                    found[name] = state[name].clone()
                    found[name][width : 2 * width] += s
                return found

            yield Trial(theirs=f"forget bias {shift:+g}", ours="as it is", place=place, state=moved)


@hypothesis("reset-before", "the reset gate acts before the product with the state", "D77")
def reset_before(bench: Bench) -> Iterator[Trial]:
    """Write a one-layer GRU out with the reset applied to the state."""
    for site in bench.of("gru"):
        yield at(site, _reset_first, "reset before the product (Keras, the paper)", "after it")
    for site in bench.of("gru_cell"):

        def cell(made: Made) -> Tensor:
            return _cell(made.args[0], made.args[1], *made.args[2:6])

        yield at(site, cell, "reset before the product (Keras, the paper)", "after it")


def _reset_first(made: Made) -> tuple[Tensor, Tensor]:
    x, state, weights, biased, layers, _p, _train, both, batch_first = made.args
    if layers != 1 or both:
        raise ValueError("only one layer in one direction is written out")
    w_ih, w_hh, *biases = weights
    b_ih, b_hh = biases if biased else (torch.zeros(w_ih.shape[0]), torch.zeros(w_ih.shape[0]))
    steps = x.transpose(0, 1) if batch_first else x
    h, outputs = state[0], []
    for step in steps:
        h = _cell(step, h, w_ih, w_hh, b_ih, b_hh)
        outputs.append(h)
    y = torch.stack(outputs, 1 if batch_first else 0)
    return y, h[None]


def _cell(x: Tensor, h: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    given = (x @ w_ih.T + b_ih).chunk(3, -1)
    r_w, z_w, n_w = w_hh.chunk(3, 0)
    r_b, z_b, n_b = b_hh.chunk(3, 0)
    r = torch.sigmoid(given[0] + h @ r_w.T + r_b)
    z = torch.sigmoid(given[1] + h @ z_w.T + z_b)
    n = torch.tanh(given[2] + (r * h) @ n_w.T + n_b)
    return (1 - z) * n + z * h


def _cells(bench: Bench) -> dict[str, list[str]]:
    """Return the tensors of every cell by its path; layers and directions together."""
    found: dict[str, list[str]] = {}
    for name in bench.parameters:
        path, _, last = name.rpartition(".")
        if last.startswith(("weight_ih", "weight_hh", "bias_ih", "bias_hh")):
            found.setdefault(path, []).append(name)
    return {
        path: group for path, group in found.items() if any("weight_hh" in name for name in group)
    }


def _blocks(value: Tensor, order: tuple[int, ...]) -> Tensor:
    pieces = value.chunk(len(order), 0)
    return torch.cat([pieces[place] for place in order])
