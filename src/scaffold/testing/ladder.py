"""Compare a repository rung by rung, each rung once and not before a test asks for it."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold.core.comparison import (
    Comparison,
    Divergence,
    Judgement,
    Rung,
    RungRow,
    Verdict,
)
from scaffold.core.errors import ScaffoldError
from scaffold.testing.fullmodel import SKETCHES, FullModel, twin_alone
from scaffold.testing.operation import with_operation
from scaffold.trace.roles import PRECISIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from scaffold.golden import Bundle
    from scaffold.house.manifest import ParityPaths
    from scaffold.parity.weightmap import WeightMap
    from scaffold.trace.subject import Subject


class Ladder:
    """The comparison of one repository, as far as it has been climbed.

    What fails once fails the same way for every item: neither the candidate nor the comparison is
    run again.
    """

    def __init__(
        self,
        paths: ParityPaths,
        *,
        tier: str = SKETCHES,
        precisions: Sequence[str] = PRECISIONS,
        show_warnings: bool = True,
    ) -> None:
        self.paths = paths
        self._precisions = precisions
        self._tier = tier
        self._full: FullModel | None = None
        self._show_warnings = show_warnings
        self._sides: tuple[Bundle, Subject, WeightMap] | Exception | None = None
        self._found: dict[Rung, Comparison | Exception] = {}
        self._told: dict[Rung, Comparison] = {}

    def rung(self, rung: Rung) -> Comparison:
        """Compare one rung, or give what was found before.

        Raises:
            ScaffoldError: A side cannot be opened or run.
        """
        if rung not in self._found:
            self._found[rung] = self._compare(rung)
        found = self._found[rung]
        if isinstance(found, Exception):
            raise found.with_traceback(None)
        return found

    def climb(
        self, rungs: Sequence[Rung] = tuple(Rung), tell: Callable[[Rung], None] | None = None
    ) -> Comparison:
        """Compare several rungs into one comparison; `tell` hears of each before it begins.

        Raises:
            ScaffoldError: The lowest rung cannot be run, and all others stand on it.
        """
        found: list[Comparison] = []
        failures: dict[Rung, ScaffoldError] = {}
        for rung in sorted(set(rungs), key=list(Rung).index):
            if tell is not None:
                tell(rung)
            try:
                found.append(self.rung(rung))
            except ScaffoldError as error:
                if not found:
                    raise
                failures[rung] = error
        return merged(found, failures)

    def told(self, rung: Rung) -> Comparison:
        """Compare one rung, with the evidence for its first divergence; it is looked for once.

        What stops the hypotheses is no verdict: the comparison comes without evidence then.

        Raises:
            ScaffoldError: A side cannot be opened or run.
        """
        if rung not in self._told:
            found = self.rung(rung)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    self._told[rung] = self.explained(found)
                except ScaffoldError:
                    self._told[rung] = found
        return self._told[rung]

    def explained(self, comparison: Comparison) -> Comparison:
        """Add to the first divergence what running hypotheses on it shows.

        Raises:
            ScaffoldError: Ours cannot be built or run.
        """
        from scaffold.parity.explain import explained  # noqa: PLC0415 - needs torch

        alone = twin_alone(comparison)
        if alone.first is None or not isinstance(self._sides, tuple):
            return comparison
        first = explained(alone, *self._sides).first
        return replace(comparison, first=first and with_operation(first, self.paths, *self._sides))

    def looked_at(self, comparison: Comparison) -> Comparison:
        """Add a close look at what differs: worst elements, their pattern, how many.

        Raises:
            ScaffoldError: Ours cannot be built.
        """
        from scaffold.parity.closeup import looked_at  # noqa: PLC0415 - needs torch

        if not isinstance(self._sides, tuple):
            return comparison
        seen = looked_at(twin_alone(comparison), *self._sides)
        return replace(comparison, differences=seen.differences, curves=seen.curves)

    def _compare(self, rung: Rung) -> Comparison | Exception:
        # A warning of torch or of the candidate is no verdict on parity: it is never raised.
        with warnings.catch_warnings():
            if self._show_warnings:
                warnings.simplefilter("default")
            try:
                if self._sides is None:
                    self._sides = open_sides(self.paths)
                    self._full = FullModel.open(self.paths, self._sides[0], self._tier)
                found = compare_sides(self._sides, (rung,), precisions=self._precisions)
                return self._placed(self._with_full(rung, found))
            except Exception as error:  # noqa: BLE001 - kept, and raised for every item
                self._sides = error if self._full is None else self._sides or error
                return error

    def _with_full(self, rung: Rung, found: Comparison) -> Comparison:
        if rung is not Rung.FORWARD or self._full is None or not isinstance(self._sides, tuple):
            return found
        _, candidate, weights = self._sides
        return self._full.beside(found, candidate, weights)

    def _placed(self, found: Comparison) -> Comparison:
        """Name both sides by their place in the repository, which is the same on every machine."""
        root = self.paths.root
        return replace(
            found,
            reference=self.paths.reference.relative_to(root).as_posix(),
            bundle=self.paths.bundle.relative_to(root).as_posix(),
        )


def open_sides(paths: ParityPaths) -> tuple[Bundle, Subject, WeightMap]:
    """Open the bundle, load the candidate, read the map."""
    from scaffold.golden import Bundle  # noqa: PLC0415 - needs numpy
    from scaffold.parity.weightmap import WeightMap  # noqa: PLC0415 - needs torch
    from scaffold.trace.subject import load  # noqa: PLC0415 - needs torch

    candidate = load(paths.candidate, sources=(paths.root / "src",))
    return Bundle.read(paths.bundle), candidate, WeightMap.read(paths.map)


def compare_sides(
    sides: tuple[Bundle, Subject, WeightMap] | Exception,
    rungs: Sequence[Rung] = tuple(Rung),
    *,
    precisions: Sequence[str] = PRECISIONS,
) -> Comparison:
    """Compare two opened sides on some rungs."""
    from scaffold.parity import compare  # noqa: PLC0415 - needs torch

    if isinstance(sides, Exception):
        raise sides.with_traceback(None)
    bundle, candidate, weights = sides
    return compare(bundle, candidate, weights, rungs=rungs, precisions=precisions)


def merged(
    found: Sequence[Comparison], failures: Mapping[Rung, ScaffoldError] | None = None
) -> Comparison:
    """Join comparisons of different rungs; the first divergence is that of the lowest rung.

    A rung that could not be run has one item, which says why.
    """
    failed = failures or {}
    firsts = [one.first for one in found if one.first]
    firsts += [_stopped(rung, error) for rung, error in failed.items()]
    return Comparison(
        reference=found[0].reference,
        bundle=found[0].bundle,
        parts=tuple(row for one in found for row in one.parts),
        rungs=(
            *(row for one in found for row in one.rungs),
            *(_failed(rung, error) for rung, error in failed.items()),
        ),
        first=min(firsts, key=lambda first: list(Rung).index(first.rung), default=None),
        unmatched=_once(text for one in found for text in one.unmatched),
        notes=_once(text for one in found for text in one.notes),
        limit=found[0].limit,
        provenance=found[0].provenance,
        within=tuple(dict.fromkeys(pair for one in found for pair in one.within)),
    )


def _failed(rung: Rung, error: ScaffoldError) -> RungRow:
    judgement = Judgement(verdict=Verdict.NOT_COMPARABLE, reason=error.what)
    return RungRow(rung=rung, item=error.where, judgement=judgement)


def _stopped(rung: Rung, error: ScaffoldError) -> Divergence:
    return Divergence(rung=rung, place=error.where, because=error.what, remedy=error.remedy)


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
