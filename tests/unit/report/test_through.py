"""A part that is judged through the part around it is no alarm, on paper and when read again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scaffold.core.comparison import Comparison, Judgement, PartRow, Verdict
from scaffold.report import jsonform
from scaffold.report.words import rung_lines

RIGHT = Judgement(verdict=Verdict.ROUNDING, ratio=1.0)
OPEN = Judgement(verdict=Verdict.NOT_COMPARABLE, reason="theirs takes bool[2]")


@pytest.fixture
def comparison():
    model = PartRow(part="", ours="", kind="M", local=RIGHT, interface=RIGHT, end_to_end=RIGHT)
    tail = replace(model, part="tail", ours="end", local=OPEN, through="")
    return Comparison(reference="a", bundle="b", parts=(model, tail), rungs=())


def test_it_is_counted_neither_as_agreeing_nor_as_wrong(comparison):
    (line,) = rung_lines(comparison)

    assert (line.agreeing, line.total) == (1, 1)
    assert comparison.agrees


def test_without_a_part_that_speaks_for_it_it_is_an_alarm(comparison):
    model, tail = comparison.parts
    alone = replace(comparison, parts=(model, replace(tail, through=None)))

    assert [line.agrees for line in rung_lines(alone)] == [False]
    assert not alone.agrees


def test_it_is_read_as_it_was_written(comparison):
    assert jsonform.loads(jsonform.dumps(comparison)) == comparison
