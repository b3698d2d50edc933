"""A rule's page is its test: what is broken there is found, what is mended is not."""

import sys
from datetime import date
from pathlib import Path

import pytest

from scaffold.check.fixing import mend
from scaffold.check.listing import listing
from scaffold.check.policy import COPY, policy_in
from scaffold.check.rule import FAMILIES, every_rule
from scaffold.check.run import Asked, check
from scaffold.core.findings import Fixable, Level
from scaffold.house.pages import find_page
from scaffold.house.shipped import shelf, shipped
from scaffold.house.table import read_house

sys.path.insert(0, str(Path(__file__).parent))
from pages import PAGES, draw, read

TODAY = date(2026, 11, 27)
RULES = {rule.id: rule for rule in every_rule()}
KNOWN = frozenset(RULES)
BY_CODE = {read(path).code: path for path in PAGES}


def asked(root, *only):
    return Asked(
        rules=every_rule(),
        today=TODAY,
        only=frozenset(only),
        policy=policy_in(root / COPY, known=KNOWN),
    )


def found(root, code):
    return check(listing(root), asked(root, code)).report.findings


@pytest.mark.parametrize("code", KNOWN and sorted(KNOWN))
def test_what_is_broken_is_found_and_what_is_mended_is_not(code, tmp_path):
    page = read(BY_CODE[code])

    broken = draw(tmp_path / "broken", page.broken, git=page.git)
    mended = draw(tmp_path / "mended", page.mended, git=page.git)

    findings = found(broken, code)
    assert findings
    assert {one.code for one in findings} == {code}
    assert all(one.because for one in findings)
    assert RULES[code].gate == "" or all(one.level is not Level.NOTE for one in findings)
    assert not found(mended, code), found(mended, code)


@pytest.mark.parametrize("code", [code for code in sorted(KNOWN) if RULES[code].fixable != "no"])
def test_the_fix_of_what_is_broken_gives_what_is_mended(code, tmp_path):
    page = read(BY_CODE[code])
    broken = draw(tmp_path / "broken", page.broken, git=page.git)

    mended = mend(listing(broken), asked(broken, code), unsafe=True)

    for path, content in mended.files.items():
        if content is None:
            assert str(path) not in page.mended, path
        else:
            assert content.decode() == page.mended[str(path)].decode(), path
    assert mended.done
    assert not mended.report.findings or RULES[code].id in PARTIAL


PARTIAL = {"PAR001"}
"""Rules of whose examples a fix mends a part: what was recorded cannot be made up."""


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_a_rule_says_what_why_and_what_to_do(code):
    rule = RULES[code]

    assert rule.says.endswith(".")
    assert rule.why
    assert rule.remedy
    assert rule.practices
    assert rule.family in FAMILIES.values()
    assert Path(sys.modules[rule.module].__file__).with_suffix(".md") == BY_CODE[code]
    assert read(BY_CODE[code]).name == rule.name
    assert all(find_page(practice).kind == "practice" for practice in rule.practices)


def test_every_page_has_its_rule_and_names_differ():
    assert set(BY_CODE) == KNOWN
    assert len({rule.name for rule in RULES.values()}) == len(RULES)


def test_there_are_many_rules_and_half_of_them_mend():
    fixable = [rule for rule in RULES.values() if rule.fixable is not Fixable.NO]

    assert len(RULES) >= 60
    assert len(fixable) / len(RULES) >= 0.5


@pytest.mark.parametrize("house", sorted(shipped()))
def test_the_table_of_a_house_names_rules_that_are_there(house):
    named = {code for row in read_house(shelf() / house).rows for code in row.rules}

    assert named <= KNOWN
