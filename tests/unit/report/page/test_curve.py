from dataclasses import replace

from scaffold.core.comparison import Judgement, Rung, RungRow, Verdict
from scaffold.core.curve import Curve
from scaffold.report import page
from scaffold.report.page.curve import drawing

CURVE = Curve(
    rung=Rung.SCHEDULE, item="lr", steps=(0, 5, 10), theirs=(0.0, 0.5, 1.0), ours=(0.5, 0.5, 0.5)
)


def test_both_lines_share_their_axes():
    drawn = drawing(CURVE)

    assert drawn.theirs == "0.0,160.0 300.0,80.0 600.0,0.0"
    assert drawn.ours == "0.0,80.0 300.0,80.0 600.0,80.0"
    assert (drawn.low, drawn.high, drawn.first, drawn.last) == (0.0, 1.0, 0, 10)


def test_what_is_no_number_is_left_out_of_the_line():
    drawn = drawing(replace(CURVE, ours=(0.0, float("nan"), float("inf"))))

    assert drawn.ours == "0.0,160.0"
    assert drawn.high == 1.0


def test_a_point_is_no_line():
    assert drawing(Curve(rung=Rung.SCHEDULE, item="lr", steps=(1,), theirs=(1,), ours=(2,))) is None


def test_a_curve_stands_with_its_rung(draw, outline):
    wrong = Judgement(verdict=Verdict.DIFFERENT, ratio=3.0)
    rows = (RungRow(rung=Rung.SCHEDULE, item="lr", judgement=wrong),)

    texts = outline(page.render(replace(draw({}), rungs=rows, curves=(CURVE,)))).texts

    assert "theirs, a wide line" in texts
    assert "step 10" in texts
