"""What an answer costs is measured for itself."""

import pytest

from benchmarks.defects.memory import Peak

SIZE = 64


def held():
    return bytearray(SIZE * 1024 * 1024)


def test_the_mark_counts_from_when_it_was_made():
    peak = Peak()
    taken = held()
    grown = peak.megabytes()
    del taken

    assert grown == pytest.approx(SIZE, rel=0.5)


def test_what_was_given_back_before_does_not_count():
    taken = held()
    del taken

    assert Peak().megabytes() < SIZE / 2
