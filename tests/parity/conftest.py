"""Record two small references once, and write altered copies of their reimplementations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.core.comparison import Comparison, Rung
from scaffold.parity import WeightMap, compare
from scaffold.reference import record
from scaffold.trace import subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.golden import Bundle

PAIRS = Path(__file__).parent / "pairs"
RUNGS = (Rung.STRUCTURE, Rung.WEIGHTS, Rung.FORWARD)


@dataclass(frozen=True)
class Pair:
    """A recorded reference, and the source of what reimplements it."""

    bundle: Bundle
    source: str
    map_source: str
    scratch: Path

    def compare(
        self, *changes: tuple[str, str], map_changes: Iterable[tuple[str, str]] = ()
    ) -> Comparison:
        """Compare the reimplementation after replacing text in its source, or in its map."""
        candidate = self.scratch / "candidate.py"
        candidate.write_text(_changed(self.source, changes), encoding="utf-8")
        weights = self.scratch / "weights.map.toml"
        weights.write_text(_changed(self.map_source, map_changes), encoding="utf-8")
        return compare(self.bundle, subject.load(candidate), WeightMap.read(weights), rungs=RUNGS)


def _changed(source: str, changes: Iterable[tuple[str, str]]) -> str:
    for old, new in changes:
        assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in the source"
        source = source.replace(old, new)
    return source


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bundle]:
    folder = tmp_path_factory.mktemp("goldens")
    return {
        name: record(PAIRS / name / "adapter.py", folder / name) for name in ("encoder", "convnet")
    }


@pytest.fixture
def pairs(bundles: dict[str, Bundle], tmp_path: Path) -> dict[str, Pair]:
    return {
        name: Pair(
            bundle=bundle,
            map_source=(PAIRS / name / "weights.map.toml").read_text(encoding="utf-8"),
            source=(PAIRS / name / "candidate.py").read_text(encoding="utf-8"),
            scratch=tmp_path,
        )
        for name, bundle in bundles.items()
    }
