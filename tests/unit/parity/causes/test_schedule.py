"""Causes in a table of learning rates."""

import math

import numpy as np
import pytest

from scaffold.parity.causes.schedule import diagnose_schedule

STEPS = np.arange(100)


def table(*, warm=10, first=1, end=100, base=1e-3, floor=0.0, shape="cosine", begins=None, shift=0):
    begins = warm if begins is None else begins

    def rate(step):
        if step < warm:
            return base * (step + first) / warm
        share = min(1.0, (step - begins) / (end - begins))
        left = {"cosine": (1 + math.cos(math.pi * share)) / 2, "linear": 1 - share}
        left |= {"constant": 1.0, "square": (1 - share) ** 2}
        return floor + (base - floor) * left[shape]

    rates = np.array([rate(step) for step in range(120)])
    return rates[np.clip(STEPS + shift, 0, None)]


def exponential(factor):
    return 1e-3 * factor ** STEPS.astype(float)


CASES = {
    "shifted": ("schedule-shift", table(shift=1), table()),
    "stepped by epochs": ("schedule-epoch", table()[STEPS // 10 * 10], table()),
    "numbered by epochs": ("schedule-epoch", table()[STEPS // 10], table()),
    "rate": ("schedule-rate", table(base=2e-3), table()),
    "warm-up": ("warm-up", table(warm=20), table()),
    "no warm-up": ("warm-up", table(warm=0), table()),
    "warm-up from zero": ("warm-up", table(first=0), table()),
    "ends later": ("schedule-length", table(end=110), table()),
    "counted from zero": ("schedule-length", table(begins=0), table()),
    "floor": ("schedule-floor", table(floor=1e-5), table()),
    "factor": ("schedule-floor", exponential(0.98), exponential(0.97)),
    "linear": ("schedule-shape", table(shape="linear"), table()),
    "square": ("schedule-shape", table(shape="square"), table()),
    "constant": ("schedule-shape", table(shape="constant"), table()),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cause_in_a_schedule_is_named(name):
    expected, theirs, ours = CASES[name]

    found = diagnose_schedule(theirs, ours, STEPS)

    assert [fit.hypothesis for fit in found.fits] == [expected], found.sentences


def test_the_evidence_names_both_warm_ups():
    found = diagnose_schedule(table(warm=20), table(), STEPS)

    assert found.fits[0].claim == "a warm-up of 20 steps, counted from one"
    assert found.fits[0].ours == "a warm-up of 10 steps, counted from one"


def test_a_table_with_other_roundings_has_no_cause():
    found = diagnose_schedule(table() * (1 + 2e-16), table(), STEPS)

    assert found.note == "the schedule agrees: there is no cause"


@pytest.mark.parametrize(
    "theirs", [np.sin(STEPS) + 2, table() ** 1.3, table() + 1e-5 * (STEPS == 7)]
)
def test_a_schedule_that_no_hypothesis_covers_is_said_to_have_none(theirs):
    found = diagnose_schedule(theirs, table(), STEPS)

    assert not found.found
    assert found.sentences[0].startswith("no hypothesis fits (")
