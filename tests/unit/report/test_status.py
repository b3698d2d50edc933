"""The page of a status says what the document says, and draws how the work went."""

from __future__ import annotations

from datetime import datetime, timedelta

from scaffold.report.status import burn_down, dumps

BEGIN = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
DOCUMENT = {
    "recovered": "",
    "counts": {"delegated": 1, "taken": 0, "written": 0, "diverges": 1, "proved": 2},
    "classes": [
        {"ours": "gate:Gate", "theirs": "m:<Gate>", "places": ["a", "b"], "standing": "diverges",
         "why": "at a"},
        *({"ours": f"{name}:X", "theirs": "m:X", "places": [name], "standing": "proved", "why": ""}
          for name in "cde"),
    ],
    "gates": [
        {"id": "G0", "name": "declared", "state": "open", "reasons": ["docs/plan.md: a draft"],
         "back": "G0"},
        {"id": "G1", "name": "found", "state": "not asked", "reasons": [], "back": ""},
    ],
    "score": {"total": 0.5, "sections": {}},
}  # fmt: skip


def test_a_line_goes_down_in_steps_at_the_time_of_each_commit():
    found = burn_down([(BEGIN, 4), (BEGIN + timedelta(days=3), 2), (BEGIN + timedelta(days=4), 0)])

    assert found.points.split()[:4] == ["0.0,0.0", "0.0,0.0", "450.0,0.0", "450.0,90.0"]
    assert found.points.split()[-1] == "600,180.0"
    assert (found.first, found.last, found.most, found.left) == ("2026-01-01", "2026-01-05", 4, 0)


def test_one_commit_is_a_level_line_and_none_is_nothing():
    assert burn_down([(BEGIN, 3)]).points == "0.0,0.0 0.0,0.0 600,0.0"
    assert burn_down([]) is None


def test_the_page_has_every_class_and_gate_and_escapes_what_it_is_given():
    page = dumps(DOCUMENT, [(BEGIN, 4), (BEGIN + timedelta(days=1), 1)], title="my <net>")

    assert "2 of 4 proved" in page
    assert '<progress aria-label="classes proved" max="4" value="2">' in page
    assert "1 of 4 classes are left to write" in page
    assert 'class="diverges">diverges: at a' in page
    assert "m:&lt;Gate&gt;" in page
    assert "my &lt;net&gt;" in page
    assert "<li>docs/plan.md: a draft</li>" in page
    assert "G1" not in page, "what is not asked is left out"
    assert "http" not in page


def test_a_repository_without_a_reference_has_gates_alone():
    page = dumps({**DOCUMENT, "classes": []}, [], title="net")

    assert "Classes of the reference" not in page
    assert "declared" in page
