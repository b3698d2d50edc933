"""Keep which tensors of ours are known by now, load options into ours, and take them back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from scaffold.core.paths import within
from scaffold.parity.mapping.units import COUNTER, Unit, units_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scaffold.parity.mapping.options import Option, Rule
    from scaffold.parity.mapping.recorded import Recorded

_STATISTICS = ("running_mean", "running_var", COUNTER)


@dataclass(frozen=True, slots=True)
class Held:
    """What was known at one moment."""

    rules: dict[str, Rule]
    used: frozenset[str]
    values: dict[str, Tensor]


class Desk:
    """Ours in work: its tensors, and the rules that have been found for them."""

    def __init__(self, model: nn.Module, theirs: Recorded) -> None:
        self.model = model
        self.theirs = theirs
        self.tensors = _own(model)
        self.rules: dict[str, Rule] = {}
        self.used: frozenset[str] = frozenset()
        self.units = units_of(self.tensors)
        self.heads = _heads(model)
        self._order = {key: place for place, key in enumerate(self.tensors)}
        for key in self.tensors:
            self._ask(key)

    @property
    def names(self) -> dict[int, str]:
        """The identity of every tensor that is not known, with its name."""
        return {id(value): key for key, value in self.tensors.items() if key not in self.rules}

    def open_units(self, under: str | None = None) -> tuple[Unit, ...]:
        """Give the units that are not known, of the whole model or below a part."""
        return tuple(
            unit
            for unit in self.units
            if unit.keys[0] not in self.rules and (under is None or within(unit.part, under))
        )

    def open_in(self, part: str) -> tuple[Unit, ...]:
        """Give the units that are not known and belong to the part itself."""
        return tuple(unit for unit in self.open_units() if unit.part == part)

    def units_with(self, keys: Iterable[str], *, single: bool = False) -> tuple[Unit, ...]:
        """Give the units that some tensors belong to."""
        wanted = set(keys)
        whole = tuple(unit for unit in self.units if wanted & set(unit.keys))
        if not single:
            return whole
        return tuple(
            Unit(unit.part, (key,), (shape,))
            for unit in whole
            for key, shape in zip(unit.keys, unit.shapes, strict=True)
        )

    def free(self, *, single: bool = False) -> tuple[Unit, ...]:
        """Give the units of theirs that no rule uses."""
        return tuple(
            unit
            for unit in self.theirs.units(single=single)
            if not self.used.intersection(unit.keys)
        )

    def load(self, options: Iterable[Option]) -> bool:
        """Put the weights into ours as some options say; False when shapes do not come out."""
        made: dict[str, Tensor] = {}
        for option in options:
            for rule in option.rules:
                tensors = [self.theirs.weights[key] for key in rule.theirs]
                try:
                    for step in rule.steps:
                        tensors = step.forward(tensors)
                except (RuntimeError, ValueError):
                    return False
                made.update(zip(rule.ours, tensors, strict=True))
        if any(value.shape != self.tensors[key].shape for key, value in made.items()):
            return False
        with torch.no_grad():
            for key, value in made.items():
                self.tensors[key].copy_(value)
        return True

    def settle(self, options: Iterable[Option]) -> None:
        """Take options as known: their weights are loaded, and nothing depends on them any more."""
        options = tuple(options)
        self.load(options)
        for option in options:
            for rule in option.rules:
                self.rules.update(dict.fromkeys(rule.ours, rule))
                self.used |= frozenset(rule.theirs)
                for key in rule.ours:
                    self.tensors[key].requires_grad_(False)  # noqa: FBT003 - torch names it so

    def held(self) -> Held:
        """Remember what is known now."""
        values = {key: value.detach().clone() for key, value in self.tensors.items()}
        return Held(dict(self.rules), self.used, values)

    def restore(self, held: Held) -> None:
        """Go back to what was known then."""
        self.rules, self.used = dict(held.rules), held.used
        with torch.no_grad():
            for key, value in held.values.items():
                self.tensors[key].copy_(value)
        for key, value in self.tensors.items():
            value.requires_grad_(False)  # noqa: FBT003 - torch names it so
            if key not in self.rules:
                self._ask(key)

    def disturbed(self, key: str) -> Tensor:
        """Change one tensor of ours beyond recognition, and give what it was."""
        before = self.tensors[key].detach().clone()
        with torch.no_grad():
            self.tensors[key].copy_((before.flatten().roll(1) * 1.5 + 0.1).reshape(before.shape))
        return before

    def put(self, key: str, value: Tensor) -> None:
        """Put one tensor of ours back."""
        with torch.no_grad():
            self.tensors[key].copy_(value)

    def _ask(self, key: str) -> None:
        """Let a tensor leave its trace in autograd's graph; statistics of a norm cannot."""
        if not key.endswith(_STATISTICS):
            self.tensors[key].requires_grad_()


def _own(model: nn.Module) -> dict[str, Tensor]:
    """Give every real-valued tensor of the state dict once, under its first name."""
    state: Mapping[str, Tensor] = model.state_dict(keep_vars=True)
    found: dict[str, Tensor] = {}
    seen = set[int]()
    for key, value in state.items():
        if value.is_floating_point() and id(value) not in seen:
            seen.add(id(value))
            found[key] = value
    return found


def _heads(model: nn.Module) -> tuple[int, ...]:
    """Give the numbers that parts of ours call heads, then how often they fit into a projection.

    Some parts know how many heads they have, others only how wide a head is. The numbers only say
    what is tried early.
    """
    called: dict[int, None] = {}
    fitting: dict[int, None] = {}
    for module in model.modules():
        for name, value in vars(module).items():
            if "head" in name and isinstance(value, int) and value > 1:
                called[value] = None
                fitting.update(dict.fromkeys(_times(module, value)))
    return tuple(called | fitting)


def _times(part: nn.Module, width: int) -> list[int]:
    """Give how many pieces of a width each projection of a part has, if it has more than one."""
    outputs = [child.out_features for child in part.children() if isinstance(child, nn.Linear)]
    return [out // width for out in outputs if out % width == 0 and out > width]
