from pathlib import PurePosixPath

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.generate.engines.asking import Asking
from scaffold.generate.render import AnswerRefusedError, collect, render
from scaffold.house.table import read_house


@pytest.fixture
def rendered(small, tmp_path):
    def _rendered(more=(), **asking):
        room = tmp_path / "room"
        room.mkdir()
        return render(read_house(small(more)), Asking(**({"defaults": True} | asking)), room)

    return _rendered


def test_a_house_becomes_files_and_answers(rendered):
    found = rendered(given={"name": "a-b", "ci": "none"})

    assert found.answers == {"name": "a-b", "package": "a_b", "ci": "none", "docs": "yes"}
    assert {str(path) for path in found.files} == {
        "README.md",
        "Makefile",
        "src/a_b/__init__.py",
        "src/a_b/deep/x.py",
        "docs/index.md",
        "docs/decisions/one.md",
        "picture.bin",
    }
    assert found.files[PurePosixPath("README.md")].content == b"# a-b\n"
    assert found.files[PurePosixPath("picture.bin")].content == b"\x00\x01\xff"


def test_the_right_to_run_is_kept(small, tmp_path):
    root = small()
    (root / "repository/Makefile").chmod(0o755)
    (tmp_path / "room").mkdir()

    files = render(read_house(root), Asking(defaults=True), tmp_path / "room").files

    assert [str(path) for path, file in files.items() if file.executable] == ["Makefile"]


def test_what_nobody_answers_is_not_guessed(rendered):
    with pytest.raises(ScaffoldError) as caught:
        rendered(defaults=False, given={"name": "x"})

    assert str(caught.value) == (
        "answers: no answer for package, ci, docs, and no terminal to ask on\n"
        "  try: add --defaults to take the defaults, or give answers by --set or --answers"
    )


def test_a_default_that_is_no_good_is_refused_with_the_answers_so_far(rendered):
    with pytest.raises(AnswerRefusedError) as caught:
        rendered(given={"name": "class"})

    assert caught.value.where == "answer package"
    assert caught.value.answers["name"] == "class"


def test_a_validator_of_the_house_has_its_say(rendered):
    rule = "{% if name == 'y' %}Not {{ name }}.{% endif %}"
    text = f'name: {{type: str, default: x, validator: "{rule}"}}'

    with pytest.raises(ScaffoldError) as caught:
        rendered({"copier.yml": text + "\n"}, given={"name": "y"})

    assert str(caught.value) == ("answer name: not y\n  try: give another answer: --set name=...")


def test_settings_of_the_users_copier_have_no_say(rendered, draw, monkeypatch):
    settings = draw({"settings.yml": "defaults: {name: theirs}\n"}, "s") / "settings.yml"
    monkeypatch.setenv("COPIER_SETTINGS_PATH", str(settings))

    assert rendered().answers["name"] == "my-net"


def test_what_an_engine_made_is_looked_at_again(draw, tmp_path):
    out = draw({"a": "", "B": ""})
    (out / "link").symlink_to(tmp_path)

    with pytest.raises(ScaffoldError, match=r"^link: was rendered as a symbolic link"):
        collect(out)


def test_names_that_differ_by_capitals_alone_are_refused(draw):
    with pytest.raises(ScaffoldError) as caught:
        collect(draw({"a/x": "", "a/X": ""}))

    assert str(caught.value) == (
        "rendered path a/x: differs from 'a/X' by capitals alone\n"
        "  try: rename one of them; many disks cannot hold both"
    )
