"""The registry lists what is known, each with its rows."""

import re
from pathlib import Path

import pytest

from scaffold.core.comparison import Rung
from scaffold.parity.causes import families
from scaffold.parity.causes.page import page
from scaffold.parity.causes.registry import declare, hypotheses, of_rung, rows_of


def test_more_than_forty_hypotheses_are_known():
    assert len(hypotheses()) >= 100


def test_every_hypothesis_stands_for_a_row_of_the_catalogue():
    odd = {
        one.name: one.rows
        for one in hypotheses()
        if not one.rows or not all(re.fullmatch(r"D\d{1,3}", row) for row in one.rows)
    }

    assert not odd


def test_every_file_of_the_folder_is_a_family():
    files = {path.stem for path in Path(families.__path__[0]).glob("*.py")} - {"__init__"}

    assert {one.family for one in hypotheses()} == files


@pytest.mark.parametrize(
    "rung", [Rung.FORWARD, Rung.LOSS, Rung.OPTIMIZER, Rung.SCHEDULE, Rung.STATE, Rung.INIT]
)
def test_every_rung_that_is_diagnosed_has_hypotheses(rung):
    assert len(of_rung(rung)) >= 4


def test_two_hypotheses_of_one_name_are_refused():
    hypotheses()

    with pytest.raises(ValueError, match="two hypotheses are called eps"):
        declare("eps", "again", "D47", rungs=(Rung.FORWARD,), family="here")


def test_the_rows_of_a_name_are_found():
    assert rows_of("eps") == ("D47", "D48")


def test_the_page_has_one_row_per_hypothesis():
    rows = [line for line in page().splitlines() if line.startswith("| `")]

    assert len(rows) == len(hypotheses())
    assert "| `eps` | another eps in a normalisation | forward, loss | D47, D48 |" in rows
