"""The rungs that are asked for, in their order, with coverage and the first divergence."""

from __future__ import annotations

import pytest

from scaffold.core.comparison import Rung, Verdict
from scaffold.parity import compare, rung_rows

BELOW = (Rung.FORWARD, Rung.STRUCTURE, Rung.WEIGHTS)


def test_the_same_model_agrees_and_its_coverage_is_printed(sides):
    found = compare(*sides(), rungs=BELOW)

    assert found.agrees
    assert found.first is None
    assert found.reference == "adapter.py"
    assert found.notes == (
        "4 of 5 parts of the reference are compared",
        "excused: body (Sequential): no container in ours",
        "probe non-square was not recorded: no input has axes of such a size",
        "probe odd-size was not recorded: no input has axes of such a size",
        "which defects the goldens can see was not measured; `scaffold record` measures it",
    )


def test_rungs_come_in_their_order_whatever_was_asked(sides):
    found = compare(*sides(), rungs=(Rung.WEIGHTS, Rung.STRUCTURE))

    assert list(dict.fromkeys(row.rung for row in found.rungs)) == [Rung.STRUCTURE, Rung.WEIGHTS]
    assert found.parts == ()


def test_a_part_without_counterpart_is_unmatched_and_nothing_agrees(sides):
    found = compare(
        *sides(map_changes=[('    [[part]]\n    theirs = "body.1"\n    ours = "act"\n', "")]),
        rungs=BELOW,
    )

    assert found.unmatched == ("body.1 (GELU): no [[part]] row of the map names it",)
    assert not found.agrees
    assert (
        "without a counterpart in the reference: act (GELU): compared as a piece of the model"
        in (found.notes)
    )


def test_an_excused_part_that_changes_its_input_is_doubted(sides):
    part = '[[part]]\n    theirs = "body.1"\n    ours = "act"\n'
    excuse = '[[excused]]\n    theirs = "body.1"\n    reason = "off"\n'

    found = compare(*sides(map_changes=[(part, excuse)]), rungs=BELOW)

    assert "excused, yet not an identity: body.1 changes its input on probe normal" in found.notes


def test_the_first_divergence_is_that_of_the_lowest_rung(sides):
    found = compare(*sides(("else 8", "else 16"), ("nn.GELU()", "nn.ReLU()")), rungs=BELOW)

    assert found.first.rung is Rung.STRUCTURE
    assert found.first.place == "full: parameters"
    assert found.first.because == "different: theirs has 67, ours 131"
    assert found.first.remedy == "mend this before the rungs above structure: they stand on it"


def test_a_rung_without_goldens_is_a_finding_and_no_skip(sides):
    (row,) = rung_rows(Rung.LOSS, *sides())

    assert row.item == "no-goldens"
    assert row.judgement.verdict is Verdict.MISSING
    assert row.judgement.reason == (
        "the bundle has no goldens of this rung: let the adapter define what it needs, "
        "and record again"
    )


def test_the_forward_rung_has_rows_of_its_own(sides):
    with pytest.raises(ValueError, match="call forward_rows"):
        rung_rows(Rung.FORWARD, *sides())
