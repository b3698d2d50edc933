"""Findings are shown to people and to programs."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path, PurePosixPath

import jsonschema
import pytest

from scaffold.core.findings import Finding, Fixable, Level, Report, Told, Waived
from scaffold.report.checking import annotations, jsonform, junit, page, sarif, text

SCHEMAS = Path(text.__file__).parents[1] / "schemas"
ERROR = Finding(
    code="CFG001",
    rule="implicit-default",
    level=Level.ERROR,
    where=PurePosixPath("src/a b.py"),
    line=2,
    because="leaves eps, to 100% <of> them",
    remedy="pass it",
    practices=("P13",),
    fix=Fixable.SAFE,
)
NOTE = Finding(
    code="DOC003", rule="page-not-done", level=Level.NOTE, where=PurePosixPath("docs/plan.md"),
    because="is a draft", gate="G10",
)  # fmt: skip
EARLIER = Finding(
    code="DOC003", rule="page-not-done", level=Level.NOTE, where=PurePosixPath("docs/aim.md"),
    because="is a stub", gate="G4a",
)  # fmt: skip
WAIVED = Waived(finding=ERROR, reason="theirs", owner="ada", expires="2030-01-01")
REPORT = Report(findings=(ERROR, NOTE, EARLIER), waived=(WAIVED,), known=(ERROR,), rules=2, files=9)
TOLD = {
    code: Told(
        code=code, name="some-rule", family="config", level=Level.ERROR, says="It is wrong.",
        why="because", remedy="mend it", practices=("P13",), fixable=Fixable.SAFE,
    )
    for code in ("CFG001", "DOC003", "SEC001")
}  # fmt: skip


def test_a_finding_is_a_place_its_line_a_reason_and_a_remedy():
    shown = text.plain(REPORT, lines=lambda _: ("one", "  two  "), told=TOLD)

    assert shown == (
        "src/a b.py:2: error CFG001 leaves eps, to 100% <of> them\n"
        "      2 |   two\n"
        "  why: because (P13)\n"
        "  try: pass it [--fix]\n"
        "\n"
        "still to be done, by the gate that waits for it:\n"
        "  G4a  docs/aim.md: is a stub (DOC003)\n"
        "  G10  docs/plan.md: is a draft (DOC003)\n"
        "\n"
        "1 error, 2 notes; 2 rules, 9 files\n"
        "1 waived by ada, the first until 2030-01-01\n"
        "1 known to the baseline\n"
        "1 can be mended with --fix\n"
    )


def test_why_is_said_once_for_each_rule():
    assert text.plain(Report(findings=(ERROR, ERROR)), told=TOLD).count("why:") == 1


def test_an_empty_report_says_so():
    assert text.plain(Report()) == "no findings\n"


def test_the_json_form_keeps_its_schema():
    document = json.loads(jsonform.dumps(REPORT))

    jsonschema.validate(document, json.loads((SCHEMAS / "findings.schema.json").read_text()))
    assert document["clean"] is False
    assert document["waived"][0]["waiver"]["owner"] == "ada"
    assert document["findings"][0]["where"] == "src/a b.py"


def test_sarif_says_rules_places_waivers_and_the_baseline():
    run = json.loads(sarif.dumps(REPORT, told=TOLD, version="1.2.3"))["runs"][0]
    first, note, _, waived, known = run["results"]

    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == sorted(TOLD)
    assert first["ruleIndex"] == 0
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "src/a%20b.py", "uriBaseId": "REPOSITORY"}
    assert place["region"] == {"startLine": 2}
    assert "region" not in note["locations"][0]["physicalLocation"]
    assert waived["suppressions"][0]["justification"] == "theirs (ada, until 2030-01-01)"
    assert known["baselineState"] == "unchanged"
    assert first["partialFingerprints"] != note["partialFingerprints"]


def test_github_shows_annotations_with_what_it_would_misread_escaped():
    first, second, _ = annotations.github(REPORT).splitlines()

    assert first == (
        "::error file=src/a b.py,line=2,title=CFG001 implicit-default::"
        "leaves eps, to 100%25 <of> them%0Atry: pass it"
    )
    assert second.startswith("::notice file=docs/plan.md,line=1,")


def test_gitlab_shows_a_code_quality_report():
    rows = json.loads(annotations.gitlab(REPORT))

    assert rows[0]["location"] == {"path": "src/a b.py", "lines": {"begin": 2}}
    assert [row["severity"] for row in rows] == ["major", "info", "info"]
    assert len({row["fingerprint"] for row in rows}) == 3


def test_junit_has_a_case_for_every_rule_and_fails_what_counts():
    suite = ET.fromstring(junit.dumps(REPORT, told=TOLD)).find("testsuite")  # noqa: S314 - our own
    cases = {case.get("name"): case for case in suite}

    assert suite.get("failures") == "1"
    assert "leaves eps, to 100% <of> them" in cases["CFG001 some-rule"].find("failure").text
    assert cases["DOC003 some-rule"].find("failure") is None
    waived = Report(waived=(WAIVED,))
    skipped = ET.fromstring(junit.dumps(waived, told=TOLD))  # noqa: S314 - our own
    assert skipped.find("testsuite").get("skipped") == "1"


def test_the_page_escapes_and_asks_nothing_of_a_network():
    shown = page.dumps(REPORT, told=TOLD, title="<net>")

    assert "&lt;net&gt;" in shown
    assert "&lt;of&gt;" in shown
    assert "http" not in shown
    assert "<script" not in shown
    assert "2030-01-01" in shown


@pytest.mark.parametrize("level", Level)
def test_only_notes_leave_a_report_clean(level):
    finding = Finding(code="A", level=level, where=PurePosixPath("a"), because="b")

    assert Report(findings=(finding,)).clean is (level is Level.NOTE)
