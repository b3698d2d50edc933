import numpy as np
import pytest

from scaffold.core.comparison import Verdict
from scaffold.golden import Bundle, Writer
from scaffold.reference.drift import LIMIT, UNIT, between

VALUES = np.linspace(-1, 1, 64, dtype=np.float32)


@pytest.fixture
def bundle(tmp_path):
    def made(name, arrays, tables=None, provenance=None):
        writer = Writer()
        for part, array in arrays.items():
            writer.add(array, role="output", part=part)
        for table, value in (tables or {}).items():
            writer.table(table, value)
        return Bundle.read(writer.write(tmp_path / name, provenance=provenance or {}))

    return made


def test_the_same_content_is_equal(bundle):
    drift = between(bundle("old", {"a": VALUES}), bundle("new", {"a": VALUES}))

    assert (drift.verdict, drift.changed, drift.largest) == (Verdict.EQUAL, (), 0.0)


def test_a_last_bit_is_rounding_and_is_measured(bundle):
    moved = np.nextafter(VALUES, np.float32(2))

    drift = between(bundle("old", {"a": VALUES}), bundle("new", {"a": moved}))

    assert drift.verdict is Verdict.ROUNDING
    assert 0 < drift.largest < 2 / LIMIT


def test_a_wrong_constant_is_different_and_is_named_with_its_distance(bundle):
    moved = VALUES * np.float32(1 + 1.5 * LIMIT * UNIT)

    drift = between(
        bundle("old", {"a": VALUES, "b": VALUES}), bundle("new", {"a": VALUES, "b": moved})
    )

    assert drift.verdict is Verdict.DIFFERENT
    assert drift.changed == ("output:b#0:@ by 384 roundings",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (np.arange(4), np.arange(1, 5)),
        (VALUES, VALUES[:3]),
        (VALUES, VALUES.astype(np.float64)),
        (VALUES, np.where(VALUES > 0, np.float32(np.nan), VALUES)),
        (np.where(VALUES > 0, np.float32(np.nan), VALUES), VALUES),
        (np.zeros(3, dtype=np.float32), np.full(3, 1e-9, dtype=np.float32)),
    ],
    ids=["integers", "shape", "dtype", "NaN where none was", "none where NaN was", "from zero"],
)
def test_what_is_no_rounding_is_different(bundle, old, new):
    drift = between(bundle("old", {"a": old}), bundle("new", {"a": new}))

    assert drift.verdict is Verdict.DIFFERENT
    assert drift.changed == ("output:a#0:@ by inf roundings",)


def test_goldens_that_come_or_go_are_named(bundle):
    drift = between(bundle("old", {"a": VALUES}), bundle("new", {"b": VALUES}))

    assert drift.changed == ("output:a#0:@ is gone", "output:b#0:@ is new")


def test_a_table_that_differs_is_named(bundle):
    drift = between(
        bundle("old", {}, tables={"schedule": [1.0], "kept": 1}),
        bundle("new", {}, tables={"schedule": [2.0], "kept": 1}),
    )

    assert drift.changed == ("table schedule differs",)


def test_the_environment_is_compared_setting_by_setting(bundle):
    drift = between(
        bundle("old", {"a": VALUES}, provenance={"versions": {"torch": "2.12"}, "updates": [1]}),
        bundle("new", {"a": VALUES}, provenance={"versions": {"torch": "2.13"}, "threads": 1}),
    )

    assert drift.verdict is Verdict.EQUAL
    assert drift.environment == ("threads: None -> 1", "versions.torch: 2.12 -> 2.13")


def test_what_training_amplifies_is_held_against_its_measured_unrest(bundle):
    moved = VALUES * np.float32(1 + 4 * LIMIT * UNIT)
    old, new = bundle("old", {"a": VALUES}), bundle("new", {"a": moved})

    assert between(old, new, {"output:a#0:@": LIMIT}).verdict is Verdict.ROUNDING
    assert between(old, new, {"output:a#0:@": LIMIT / 4}).verdict is Verdict.DIFFERENT
