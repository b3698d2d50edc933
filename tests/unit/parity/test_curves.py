import numpy as np

from scaffold.core.comparison import Comparison, Judgement, Rung, RungRow, Verdict
from scaffold.parity import curves
from scaffold.parity.rungs.schedule import Table


def comparison(verdict):
    row = RungRow(rung=Rung.SCHEDULE, item="lr of w", judgement=Judgement(verdict=verdict))
    return Comparison(reference="r", bundle="b", parts=(), rungs=(row,))


def test_a_schedule_that_agrees_is_not_computed_again():
    assert curves.curves(comparison(Verdict.ROUNDING), None, None, None) == ()


def test_a_long_table_is_thinned_out_and_keeps_where_it_differs(monkeypatch):
    steps = np.arange(10_000)
    theirs = np.linspace(1, 0, 10_000)
    ours = theirs.copy()
    ours[1234] += 0.5
    table = Table(item="lr of w", part="", steps=steps, theirs=theirs, ours=ours)
    monkeypatch.setattr(curves.schedule, "tables", lambda *_: (table,))

    [curve] = curves.curves(comparison(Verdict.DIFFERENT), None, None, None)

    assert len(curve.steps) <= curves.POINTS
    assert (curve.steps[0], curve.steps[-1]) == (0, 9999)
    assert 1234 in curve.steps
    assert max(b - a for a, b in zip(curve.theirs, curve.ours, strict=True)) > 0.49


def test_a_group_that_ours_has_not_is_no_curve(monkeypatch):
    table = Table(item="lr of w", part="", steps=np.arange(3), theirs=np.ones(3), ours=None)
    monkeypatch.setattr(curves.schedule, "tables", lambda *_: (table,))

    assert curves.curves(comparison(Verdict.DIFFERENT), None, None, None) == ()
