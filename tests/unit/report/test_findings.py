import json
from pathlib import PurePosixPath

from scaffold.core.findings import Finding, Level, Report
from scaffold.report import findings

REPORT = Report(
    findings=(
        Finding(
            code="HL1",
            level=Level.ERROR,
            where=PurePosixPath("src/a.py"),
            line=3,
            because="has no test",
            remedy="write tests/test_a.py",
        ),
        Finding(code="HL2", level=Level.NOTE, where=PurePosixPath("README.md"), because="is long"),
        Finding(code="HL2", level=Level.NOTE, where=PurePosixPath("b.md"), because="is long"),
    )
)


def test_a_finding_is_a_place_a_reason_and_a_remedy():
    assert findings.plain(REPORT) == (
        "src/a.py:3: error HL1 has no test\n"
        "  try: write tests/test_a.py\n"
        "README.md: note HL2 is long\n"
        "b.md: note HL2 is long\n"
        "1 error, 2 notes\n"
    )


def test_an_empty_report_says_so():
    assert findings.plain(Report()) == "no findings\n"


def test_the_json_form_carries_every_field():
    document = json.loads(findings.dumps(REPORT))

    assert document["clean"] is False
    assert document["findings"][0] == {
        "code": "HL1",
        "level": "error",
        "where": "src/a.py",
        "line": 3,
        "because": "has no test",
        "remedy": "write tests/test_a.py",
    }
