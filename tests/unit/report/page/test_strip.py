import math
from dataclasses import replace

import pytest

from scaffold.core.comparison import Judgement, Verdict
from scaffold.report.page.strip import COLUMNS, LANE, strip


def heights(drawing, lane):
    return [column.marks[lane].height for column in drawing.columns]


def test_nothing_is_drawn_where_no_part_was_compared(draw):
    assert strip(draw({})) is None


def test_heights_are_logarithms(draw):
    drawing = strip(draw({"a": (1, 1, 1), "b": (10, 10, 10), "c": (100, 100, 100)}))

    one, ten, hundred = heights(drawing, 1)
    assert ten - one == pytest.approx(hundred - ten)


def test_what_is_beyond_the_limit_rises_over_its_line(draw):
    drawing = strip(draw({"a": (0, 7.9, 0), "b": (0, 8.1, 0)}))
    lane = drawing.lanes[1]

    below, above = (column.marks[1] for column in drawing.columns)
    assert below.y > lane.limit > above.y
    assert (below.shape, above.shape) == ("", "beyond")
    assert (below.tone, above.tone) == ("good", "bad")


def test_a_comparison_that_does_not_say_its_limit_has_no_line(draw):
    drawing = strip(replace(draw({"a": (0, 1, 0)}), limit=None))

    assert {lane.limit for lane in drawing.lanes} == {None}


def test_what_was_not_measured_has_a_shape_and_no_height(draw):
    comparison = draw({"a": (0, None, 0), "b": (0, 1, 0)})
    missing = Judgement(verdict=Verdict.MISSING)
    parts = (comparison.parts[0], replace(comparison.parts[1], local=missing))

    drawing = strip(replace(comparison, parts=parts))

    assert [column.marks[1].shape for column in drawing.columns] == ["unknown", "none"]


@pytest.mark.parametrize("ratio", [math.inf, math.nan])
def test_a_ratio_that_is_no_number_fills_the_lane(draw, ratio):
    comparison = draw({"a": (0, 1, 0)})
    odd = Judgement(verdict=Verdict.DIFFERENT, ratio=ratio)

    drawing = strip(replace(comparison, parts=(replace(comparison.parts[0], local=odd),)))

    assert heights(drawing, 1) == [LANE]


def test_the_line_of_the_first_divergence_goes_through_a_part_and_before_glue(draw):
    parts = {"a": (0, 0, 0), "b.x": (9, 0, 9), "b": (9, 0, 9)}

    through = strip(draw(parts, first="our.b"))
    before = strip(draw(parts, first="glue before our.b"))

    assert through.first == through.columns[2].center
    assert before.first == before.columns[1].x  # what lies in a part got the same input


def test_gain_is_what_a_right_part_makes_of_the_ratio_that_reaches_it(draw):
    comparison = draw({"right": (2, 0.5, 60), "wrong": (2, 90, 60), "small": (0.1, 0, 5)})

    assert [row.gain for row in comparison.parts] == [30.0, None, 5.0]
    right, wrong, _ = heights(strip(comparison), 3)
    assert right > wrong == 0.0


def test_many_parts_share_columns_and_the_worst_of_them_shows(draw):
    parts = {f"p{place}": (0, 0, 0) for place in range(1000)}
    parts["p501"] = (0, 50, 0)

    drawing = strip(draw(parts, first="our.p501"))

    assert len(drawing.columns) <= COLUMNS
    [bad] = [column for column in drawing.columns if column.marks[1].shape == "beyond"]
    assert bad.target == "part-501"
    assert bad.told == (
        "7 parts, our.p497 to our.p503; worst: "
        "interface equal, local different q 50.0, end to end equal"
    )
    assert drawing.columns[drawing.current] is bad
