"""Every question earns its place, and refuses what would break the repository."""

from __future__ import annotations

import pytest
from rendering import HOUSE, combinations, files_of, questions, render
from ruamel.yaml import YAML

pytestmark = pytest.mark.bake

ASKED = {
    name: question
    for name, question in YAML(typ="safe").load(HOUSE / "copier.yml").items()
    if not name.startswith("_")
}
OTHER_ANSWERS = [(name, answer) for name, answers in questions().items() for answer in answers[1:]]
REFUSED = {
    "name": [
        "",
        "A",
        "Digits",
        "1digit",
        "a_b",
        "a--b",
        "-a",
        "a-",
        "a/b",
        "../a",
        "a b",
        "ä",
        "a" * 65,
    ],
    "package": [
        "",
        "A",
        "1a",
        "a-b",
        "a.b",
        "a/b",
        "class",
        "match",
        "torch",
        "tests",
        "scaffold",
        "é",
    ],
    "description": ["", 'a "b"', "a\\b", "a\nb", "{{ 1 }}", "{% x %}", "<b>", "a" * 161],
    "author": ["", 'a "b"', "a\\b", "a\nb", "{{ 1 }}", "<me@here>", "a" * 121],
    "licence": ["GPL-3.0", ""],
    "activity": ["copy", ""],
    "framework": ["theano"],
    "logger": ["print"],
    "ci": ["jenkins"],
    "container": ["podman"],
    "docs_site": ["sphinx"],
    "launcher": ["cron"],
}


@pytest.fixture(scope="module")
def default(shelf):
    return files_of(shelf[0])


@pytest.mark.parametrize("name", ASKED)
def test_a_question_helps_and_guards(name):
    question = ASKED[name]

    assert question["type"] == "str"
    assert len(question["help"]) >= 20
    assert question["default"]
    assert "validator" in question or "choices" in question


@pytest.mark.parametrize(("name", "answer"), OTHER_ANSWERS, ids=lambda value: str(value)[:24])
def test_every_answer_changes_what_is_written(name, answer, default, tmp_path):
    made = files_of(render({**combinations()[0], name: answer}, tmp_path / "made"))

    assert made != default


@pytest.mark.parametrize(
    ("name", "answer"),
    [(name, answer) for name, answers in REFUSED.items() for answer in answers],
    ids=lambda value: repr(value)[:24],
)
def test_copier_alone_refuses_what_would_break_it(name, answer, tmp_path):
    with pytest.raises(ValueError, match=rf"(?i){name}"):
        render({name: answer}, tmp_path / "made")

    assert not (tmp_path / "made").exists()


def test_the_house_runs_no_code():
    settings = YAML(typ="safe").load(HOUSE / "copier.yml")

    assert {key for key in settings if key.startswith("_")} == {
        "_min_copier_version",
        "_subdirectory",
        "_templates_suffix",
        "_envops",
        "_exclude",
    }
    assert settings["_envops"] == {"undefined": "jinja2.StrictUndefined"}
