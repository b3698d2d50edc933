"""Hold one case: a pair, what was done to ours, and what the right answer is."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from benchmarks.defects.anatomy import Place, places
from benchmarks.defects.difference import Outputs, furthest, outputs
from benchmarks.defects.operators import EVERY as EVERY_DEFECT
from benchmarks.defects.pair import Links, Pair, linked
from benchmarks.defects.probes import probes, real
from benchmarks.defects.rewrites import EVERY as EVERY_REWRITE
from benchmarks.defects.weights import perturbed
from scaffold.parity import mapfile
from scaffold.parity.weightmap import WeightMap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor, nn

    from benchmarks.defects.operators.defect import Defect
    from benchmarks.defects.rewrites.rewrite import Rewrite

VISIBLE = 1e-6
"""A planted defect counts when it moves the output of some probe by more than this share, in
float64: below, the reference's own float32 rounding hides it from everybody."""

HARMLESS = 1e-12
"""A rewrite counts as harmless when it moves no output by more than this share, in float64."""


class Kind(StrEnum):
    """What was done to ours."""

    DEFECT = "defect"
    REWRITE = "rewrite"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One candidate, and what should be said of it."""

    pair: Pair
    kind: Kind
    operator: str
    site: str
    """The part of ours that was changed; empty for the model itself, and for rewrites."""
    links: Links
    rows: tuple[str, ...] = ()
    cause: str = ""
    truth: tuple[str, ...] = ()
    """Parts of ours, any of which is the right place."""

    @property
    def id(self) -> str:
        """A name that no other case has."""
        return "/".join((self.pair.name, self.operator, self.site or "model"))

    def candidate(self, seed: int = 1) -> nn.Module:
        """Build ours, changed, with fresh weights and in eval mode."""
        model = self.pair.built("ours", seed)
        spots = _spots(self.pair)
        if self.kind is Kind.DEFECT:
            defect = next(d for d in EVERY_DEFECT if d.id == self.operator)
            defect.plant(model, spots[self.site])
        if self.kind is Kind.REWRITE:
            rewrite = next(r for r in EVERY_REWRITE if r.id == self.operator)
            model = rewritten(rewrite, model, spots)
        return model.eval()

    @property
    def weights(self) -> WeightMap:
        """The map from theirs to this candidate."""
        return WeightMap(
            Path(f"{self.id}.map.toml"), mapfile.parse(self.links.text(), where=self.id)
        )

    def loaded(self, state: dict[str, Tensor]) -> nn.Module:
        """Build the candidate and load a state dict of theirs through the map."""
        model = self.candidate()
        model.load_state_dict(self.weights.to_ours(state, like=model.state_dict()))
        return model


def rewritten(rewrite: Rewrite, model: nn.Module, spots: dict[str, Place]) -> nn.Module:
    """Apply a rewrite at every place where it fits, inner parts first."""
    for path in sorted(spots, key=lambda path: -path.count(".") - bool(path)):
        if rewrite.fits(spots[path]):
            model = rewrite.apply(model, spots[path])
    return model


@cache
def links_of(pair: Pair) -> Links:
    """Give the correspondence of a pair."""
    return linked(pair)


@cache
def state_of(pair: Pair) -> dict[str, Tensor]:
    """Give the perturbed weights of theirs."""
    model = pair.built("theirs")
    model.load_state_dict(perturbed(model.state_dict()))
    return model.state_dict()


def theirs(pair: Pair) -> nn.Module:
    """Build the reference with its perturbed weights."""
    model = pair.built("theirs")
    model.load_state_dict(state_of(pair))
    return model


@cache
def _spots(pair: Pair) -> dict[str, Place]:
    return {place.path: place for place in places(pair.built("ours"), real(pair))}


@cache
def _right(pair: Pair) -> Outputs:
    return outputs(untouched(pair).loaded(state_of(pair)), probes(pair))


def untouched(pair: Pair) -> Case:
    """Give the case in which nothing was done to ours."""
    return Case(pair=pair, kind=Kind.NOTHING, operator="nothing", site="", links=links_of(pair))


def effect(case: Case) -> tuple[float, str]:
    """Say how far the change moves the output in float64, and on which probe most."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        found = outputs(case.loaded(state_of(case.pair)), probes(case.pair))
    return furthest(_right(case.pair), found)


def planted(pair: Pair, defect: Defect) -> Iterator[Case]:
    """Give a case for every place where a defect fits, in an order drawn from their names."""
    links = links_of(pair)
    fitting = [place for place in _spots(pair).values() if defect.fits(place)]
    for place in sorted(
        fitting, key=lambda place: zlib.crc32(f"{defect.id}@{place.path}".encode())
    ):
        names = (*defect.names(place), *_tied(pair, defect, place))
        yield Case(
            pair=pair,
            kind=Kind.DEFECT,
            operator=defect.id,
            site=place.path,
            links=links,
            rows=defect.rows,
            cause=defect.cause,
            truth=tuple(dict.fromkeys((*names, *(links.nearest(name) for name in names)))),
        )


def _tied(pair: Pair, defect: Defect, place: Place) -> tuple[str, ...]:
    """Name the parts that share a weight with the changed one: converting it changes them too."""
    if not defect.id.startswith(("weight.", "embedding.", "position.")):
        return ()
    own = {id(value) for value in place.module.parameters(recurse=False)}
    return tuple(
        path
        for path, other in _spots(pair).items()
        if other.module is not place.module
        and own & {id(value) for value in other.module.parameters(recurse=False)}
    )


def rewrites_of(pair: Pair, wanted: Callable[[str], bool] = bool) -> Iterator[Case]:
    """Give a case for every rewrite that is wanted, by its id, and that fits somewhere."""
    spots = _spots(pair)
    for rewrite in EVERY_REWRITE:
        if not wanted(rewrite.id):
            continue
        links = links_of(pair)
        fitting = [place for place in spots.values() if rewrite.fits(place)]
        for place in sorted(fitting, key=lambda place: -place.path.count(".") - bool(place.path)):
            links = rewrite.move(links, place)
        if fitting:
            case = Case(pair=pair, kind=Kind.REWRITE, operator=rewrite.id, site="", links=links)
            called = _called(case)
            # A view that needs contiguous memory, say: then the rewrite is none of this model.
            if called is not None:
                yield replace(case, links=_excused(case, called))


def _called(case: Case) -> set[str] | None:
    """Give the parts that a candidate calls, None when it does not run."""
    try:
        return {place.path for place in places(case.candidate(), real(case.pair)) if place.called}
    except Exception:
        return None


def _excused(case: Case, alive: set[str]) -> Links:
    """Excuse the parts that the rewrite computes elsewhere and calls no more."""
    links = case.links
    before = {place.path for place in _spots(case.pair).values() if place.called}
    plain = links_of(case.pair).parts
    gone = {
        their_part: "computed inside the part around it"
        for their_part, ours in links.parts.items()
        if ours not in alive and plain[their_part] in before
    }
    return replace(
        links,
        parts={t: o for t, o in links.parts.items() if t not in gone},
        excused={**links.excused, **gone},
    )
