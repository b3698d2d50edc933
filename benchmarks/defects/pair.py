"""Hold an architecture as a pair: theirs, ours, and which part and weight stands for which."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from scaffold.parity.pattern import bindings, filled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from torch import Tensor, nn

Step = dict[str, Any]
"""One operator of a weight map, as in `weights.map.toml`."""


@dataclass(frozen=True, slots=True)
class Row:
    """Tensors of theirs, the tensors of ours that they become, and how."""

    theirs: tuple[str, ...]
    ours: tuple[str, ...]
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Pair:
    """One architecture, implemented twice."""

    name: str
    theirs: Callable[[], nn.Module]
    ours: Callable[[], nn.Module]
    batch: Callable[[], tuple[Tensor, ...]]
    """A small real batch; draws from torch's global generator, which the caller seeds."""
    parts: tuple[tuple[str, str], ...] = (("{a}", "{a}"),)
    """Parts of theirs and ours with numbered places; parts that no row names are not compared."""
    rows: tuple[Row, ...] = ()
    """Weights that do not follow from `parts` and equal names inside a part."""
    odd: Callable[[], tuple[Tensor, ...]] | None = None
    """Inputs of another, odd and non-square size, where the architecture accepts them."""
    library: str = ""
    """The library that theirs comes from; ours is then a copy that the operators change."""

    def built(self, side: str, seed: int = 0) -> nn.Module:
        """Build theirs or ours from a seed, in eval mode."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model: nn.Module = getattr(self, side)()
        return model.eval()


@dataclass(frozen=True, slots=True)
class Links:
    """The correspondence of one pair with every place filled in."""

    parts: dict[str, str]
    """Theirs to ours."""
    rows: tuple[Row, ...]
    excused: dict[str, str] = field(default_factory=dict)
    """Parts of theirs without counterpart, and the reason."""

    def nearest(self, ours: str) -> str:
        """Give the innermost part at or above a path of ours that theirs has too."""
        known = set(self.parts.values())
        while ours and ours not in known:
            ours = ours.rpartition(".")[0]
        return ours

    def text(self) -> str:
        """Write the correspondence as `weights.map.toml`."""
        lines = ["schema = 1"]
        for theirs, ours in self.parts.items():
            if theirs and theirs not in self.excused:
                lines += ["[[part]]", f"theirs = {_quoted(theirs)}", f"ours = {_quoted(ours)}"]
        for row in self.rows:
            lines += ["[[weight]]", f"theirs = {_list(row.theirs)}", f"ours = {_list(row.ours)}"]
            if row.steps:
                lines.append(f"transform = [{', '.join(_table(step) for step in row.steps)}]")
        for theirs, reason in self.excused.items():
            lines += ["[[excused]]", f"theirs = {_quoted(theirs)}", f"reason = {_quoted(reason)}"]
        return "\n".join(lines) + "\n"


def linked(pair: Pair) -> Links:
    """Fill the places of a pair's rows with what exists on both sides."""
    theirs, ours = pair.built("theirs"), pair.built("ours")
    parts = {"": ""} | dict(_resolved_parts(pair, theirs, ours))
    rows = list(_resolved_rows(pair, theirs.state_dict(), ours.state_dict()))
    taken = {key for row in rows for key in row.theirs}
    for their_path, our_path in parts.items():
        own = _own_keys(theirs.get_submodule(their_path))
        other = _own_keys(ours.get_submodule(our_path))
        for leaf in own:
            key = _joined(their_path, leaf)
            if leaf in other and key not in taken:
                taken.add(key)
                rows.append(Row((key,), (_joined(our_path, leaf),)))
    rest = {
        path: "ours is divided otherwise" for path, _ in theirs.named_modules() if path not in parts
    }
    return Links(parts, tuple(rows), rest)


def _resolved_parts(pair: Pair, theirs: nn.Module, ours: nn.Module) -> Iterator[tuple[str, str]]:
    names = dict(ours.named_modules())
    for path, _ in theirs.named_modules():
        if path and pair.library and path in names:
            yield path, path
            continue
        for pattern, target in pair.parts:
            bound = bindings(pattern, path) if path else None
            if bound is not None and filled(target, bound) in names:
                yield path, filled(target, bound)
                break


def _resolved_rows(
    pair: Pair, theirs: Mapping[str, Tensor], ours: Mapping[str, Tensor]
) -> Iterator[Row]:
    for row in pair.rows:
        for key in theirs:
            bound = bindings(row.theirs[0], key)
            if bound is None:
                continue
            made = tuple(filled(name, bound) for name in row.ours)
            if all(name in ours for name in made):
                yield Row(tuple(filled(name, bound) for name in row.theirs), made, row.steps)


def _own_keys(module: nn.Module) -> tuple[str, ...]:
    persistent = module.state_dict().keys()
    return tuple(key for key in persistent if "." not in key)


def _joined(path: str, leaf: str) -> str:
    return f"{path}.{leaf}" if path else leaf


def _quoted(text: str) -> str:
    return json.dumps(text)


def _list(names: tuple[str, ...]) -> str:
    return json.dumps(list(names))


def _table(step: Step) -> str:
    return "{ " + ", ".join(f"{name} = {json.dumps(value)}" for name, value in step.items()) + " }"
