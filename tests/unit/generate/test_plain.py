import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.generate.plain import read_plain


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", 'name = "x"\nmany = [1, 2]\nsure = true\n'),
        ("a.yaml", "name: x\nmany: [1, 2]\nsure: true\n"),
        ("a.yml", "name: x\nmany:\n- 1\n- 2\nsure: true\n"),
        ("a.JSON", '{"name": "x", "many": [1, 2], "sure": true}'),
    ],
)
def test_the_same_answers_come_from_every_language(draw, name, text):
    source = draw({name: text}) / name

    assert read_plain(source) == {"name": "x", "many": [1, 2], "sure": True}


def test_an_empty_file_holds_nothing(draw):
    assert read_plain(draw({"a.yml": ""}) / "a.yml") == {}


def test_an_anchor_that_stays_small_is_fine(draw):
    source = draw({"a.yml": "a: &a [1]\nb: *a\n"}) / "a.yml"

    assert read_plain(source) == {"a": [1], "b": [1]}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.yml", "a: !!python/name:os.system", "is no plain YAML: could not determine a"),
        ("a.yml", "a: 1\n---\nb: 2", "is no plain YAML: there are several documents in it"),
        ("a.yml", "a: [", "is no plain YAML: while parsing a flow node"),
        ("a.yml", "- a", "is no table of names and values"),
        ("a.yml", "a: 2001-01-01", "holds a date (2001-01-01)"),
        ("a.yml", "a: &a {b: *a}", "unfolds into more than 20000 values or 50 levels"),
        ("a.json", "[" * 100_000, "is no plain JSON: "),
        ("a.toml", "a = 07:32:00", "holds a time (07:32:00)"),
        ("a.toml", "a = ", "is no plain TOML: Invalid value (at end of document)"),
        ("a.ini", "a = 1", "ends with '.ini', so its language is unknown"),
        ("a.toml", b"\xff", "cannot be read: 'utf-8' codec can't decode byte 0xff"),
    ],
)
def test_what_is_not_plain_is_refused(draw, name, text, message):
    source = draw({name: text}) / name

    with pytest.raises(ScaffoldError) as caught:
        read_plain(source)

    assert str(caught.value).startswith(f"{source}: {message}")
    assert caught.value.remedy


def test_a_file_is_named_as_a_person_named_it(draw):
    with pytest.raises(ScaffoldError, match=r"^mine: cannot be read: No such file or directory"):
        read_plain(draw({}) / "a.yml", named="mine")
