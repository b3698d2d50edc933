"""Over the covering array of answers, a fresh repository has nothing but pages to be filled."""

from datetime import date

import pytest
from rendering import combinations

from scaffold.check.listing import listing
from scaffold.check.rule import every_rule
from scaffold.check.run import Asked, check

pytestmark = pytest.mark.bake

TO_BE_FILLED = {"DOC003", "DOC013"}
WITHOUT_LOCK = {"DRF002"}
"""What is rendered here is not written as a repository, so that it has no lock."""


@pytest.mark.parametrize("number", range(len(combinations())))
def test_nothing_is_found_but_what_a_person_has_to_fill(number, shelf):
    asked = Asked(rules=every_rule(), today=date(2026, 11, 27))

    findings = check(listing(shelf[number]), asked).report.findings

    assert {one.code for one in findings} <= TO_BE_FILLED | WITHOUT_LOCK, findings
    assert all(one.gate for one in findings if one.code in TO_BE_FILLED)
