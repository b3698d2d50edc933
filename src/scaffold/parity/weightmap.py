"""Carry weights between theirs and ours by a declarative map, strict both ways.

Every key is used exactly once, in either direction; nothing is mapped because its shape fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.parity import mapfile
from scaffold.parity.mapfile import Excuse, PartRule, Rules, WeightRule
from scaffold.parity.pattern import bindings, filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torch import Tensor


@dataclass(frozen=True, slots=True)
class WeightMap:
    """The map of one pair of implementations."""

    path: Path
    rules: Rules

    @classmethod
    def read(cls, path: Path) -> WeightMap:
        """Read `weights.map.toml`.

        Raises:
            ScaffoldError: The file is missing or has a row that cannot be understood.
        """
        return cls(Path(path), mapfile.read(Path(path)))

    def to_ours(
        self, state: Mapping[str, Tensor], *, like: Mapping[str, Tensor] | None = None
    ) -> dict[str, Tensor]:
        """Carry a state dict of theirs over to ours.

        Args:
            state: Every parameter and buffer of theirs.
            like: Our state dict; when given, names and shapes are held against it.

        Raises:
            ScaffoldError: A key is used by no rule or by two, or a shape does not fit.
        """
        return self._carried(state, like=like, forth=True, partial=False)

    def to_theirs(
        self, state: Mapping[str, Tensor], *, like: Mapping[str, Tensor] | None = None
    ) -> dict[str, Tensor]:
        """Carry a state dict of ours back to theirs; the inverse of `to_ours`."""
        return self._carried(state, like=like, forth=False, partial=False)

    def gradients_to_ours(self, gradients: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Carry gradients over; a rule whose tensors all have none is left out."""
        return self._carried(gradients, like=None, forth=True, partial=True)

    def names_to_ours(self, name: str) -> tuple[str, ...]:
        """Give the names of ours that a parameter of theirs becomes; empty when it has none."""
        for rule in self.rules.weights:
            for pattern in rule.theirs:
                bound = bindings(pattern, name)
                if bound is not None:
                    return tuple(filled(ours, bound) for ours in rule.ours)
        return ()

    def names_to_theirs(self, name: str) -> tuple[str, ...]:
        """Give the names of theirs that a parameter of ours comes from."""
        for rule in self.rules.weights:
            for pattern in rule.ours:
                bound = bindings(pattern, name)
                if bound is not None:
                    return tuple(filled(theirs, bound) for theirs in rule.theirs)
        return ()

    def part_to_ours(self, path: str) -> str | None:
        """Give our part for one of theirs, None when no rule names it; `""` is the whole model."""
        return _renamed(path, [(rule.theirs, rule.ours) for rule in self.rules.parts])

    def part_to_theirs(self, path: str) -> str | None:
        """Give the part of theirs that one of ours stands for."""
        return _renamed(path, [(rule.ours, rule.theirs) for rule in self.rules.parts])

    def excuse_of(self, *, theirs: str = "", ours: str = "") -> str | None:
        """Give the reason why a part has no counterpart, None when the map names none."""
        return _excused(self.rules.excused, theirs=theirs, ours=ours)

    def drop_of(self, *, theirs: str = "", ours: str = "") -> str | None:
        """Give the reason why a key of a state dict is not carried, None when the map has none."""
        return _excused(self.rules.dropped, theirs=theirs, ours=ours)

    def resolved(self, state: Iterable[str]) -> tuple[WeightRule, ...]:
        """Give the weight rules with their numbered places filled in for the keys of theirs."""
        return tuple(_resolved(self.rules.weights, list(state), forth=True))

    def _carried(
        self,
        state: Mapping[str, Tensor],
        *,
        like: Mapping[str, Tensor] | None,
        forth: bool,
        partial: bool,
    ) -> dict[str, Tensor]:
        carried: dict[str, Tensor] = {}
        used: dict[str, WeightRule] = {}
        for rule in _resolved(self.rules.weights, list(state), forth=forth):
            source, target = (rule.theirs, rule.ours) if forth else (rule.ours, rule.theirs)
            for key in source:
                if key in used:
                    raise self._error(f"`{key}` is used by two rules ({used[key]}; {rule})")
                if key not in state:
                    raise self._error(f"`{key}` is missing, and the rule {rule} needs it")
                used[key] = rule
            made = self._applied(rule, [state[key] for key in source], forth=forth)
            for key, tensor in zip(target, made, strict=True):
                if key in carried:
                    raise self._error(f"`{key}` is made by two rules; the second is {rule}")
                carried[key] = tensor
        if not partial:
            self._every_key_used(state, used, forth=forth)
        if like is not None:
            self._fits(carried, like, forth=forth)
        return carried

    def _applied(self, rule: WeightRule, tensors: list[Tensor], *, forth: bool) -> list[Tensor]:
        before = [tuple(tensor.shape) for tensor in tensors]
        try:
            for step in rule.steps if forth else reversed(rule.steps):
                tensors = step.forward(tensors) if forth else step.backward(tensors)
        except (ValueError, RuntimeError, IndexError) as error:
            raise self._error(f"{rule}: {error} (shapes {before})") from error
        expected = len(rule.ours if forth else rule.theirs)
        if len(tensors) != expected:
            raise self._error(f"{rule}: gives {len(tensors)} tensors, and names {expected}")
        # A state dict owns its tensors: ours must not change when theirs is trained on.
        return [tensor.clone() for tensor in tensors]

    def _every_key_used(
        self, state: Mapping[str, Tensor], used: Mapping[str, WeightRule], *, forth: bool
    ) -> None:
        side = "theirs" if forth else "ours"
        for key in state:
            if key not in used and _excused(self.rules.dropped, **{side: key}) is None:
                raise self._error(f"`{key}` of {side} is used by no rule")

    def _fits(
        self, carried: Mapping[str, Tensor], like: Mapping[str, Tensor], *, forth: bool
    ) -> None:
        side = "ours" if forth else "theirs"
        for key, tensor in like.items():
            if key not in carried:
                if _excused(self.rules.dropped, **{side: key}) is None:
                    raise self._error(f"`{key}` of {side} is made by no rule")
            elif carried[key].shape != tensor.shape:
                raise self._error(
                    f"`{key}` gets the shape {tuple(carried[key].shape)}, "
                    f"and {side} has {tuple(tensor.shape)}"
                )
        for key in carried:
            if key not in like:
                raise self._error(f"`{key}` is made by the map, and {side} has no such key")

    def _error(self, what: str) -> ScaffoldError:
        return ScaffoldError(
            what,
            where=str(self.path),
            remedy="mend the [[weight]] rows (or say [[dropped]] with a reason)",
        )


def _renamed(path: str, pairs: list[tuple[str, str]]) -> str | None:
    if path == "":
        return ""
    for source, target in pairs:
        bound = bindings(source, path)
        if bound is not None:
            return filled(target, bound)
    return None


def _excused(excuses: Iterable[Excuse], *, theirs: str = "", ours: str = "") -> str | None:
    for excuse in excuses:
        pattern, name = (excuse.theirs, theirs) if theirs else (excuse.ours, ours)
        if pattern and name and bindings(pattern, name) is not None:
            return excuse.reason
    return None


def _resolved(rules: Iterable[WeightRule], keys: list[str], *, forth: bool) -> Iterable[WeightRule]:
    """Fill the places of each rule with everything that any of its source names matches."""
    for rule in rules:
        found: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
        for pattern in rule.theirs if forth else rule.ours:
            for key in keys:
                bound = bindings(pattern, key)
                if bound is not None:
                    found.setdefault(tuple(sorted(bound.items())), bound)
        for bound in found.values():
            yield WeightRule(
                tuple(filled(name, bound) for name in rule.theirs),
                tuple(filled(name, bound) for name in rule.ours),
                rule.steps,
            )


__all__ = ["PartRule", "WeightMap", "WeightRule"]
