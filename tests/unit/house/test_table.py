from pathlib import PurePosixPath

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.house.table import Engine, Owner, read_house

HEAD = 'schema = 1\nid = "x"\nversion = "1"\nengine = "copier"\n'
ROW = '[[path]]\npath = "a.md"\npurpose = "why"\nowner = "both"\n'


def house(draw, table):
    return draw({"copier.yml": "", "house.toml": table})


def test_a_table_is_read(draw):
    root = house(
        draw,
        HEAD
        + '[names]\nname = "distribution"\n'
        + '[[path]]\npath = "src/{{ package }}/"\npurpose = "code"\n'
        + '[[path]]\npath = "src/{{ package }}/a.py"\npurpose = "why"\nowner = "template"\n'
        + 'practices = ["P01"]\nrules = ["HL1"]\nwhen = \'ci == "github"\'\n',
    )

    found = read_house(root)

    folder, row = found.rows
    assert (found.id, found.version, found.engine) == ("x", "1", Engine.COPIER)
    assert found.names == {"name": "distribution"}
    assert folder.is_folder
    assert folder.owner is None
    assert (row.owner, row.practices, row.rules) == (Owner.TEMPLATE, ("P01",), ("HL1",))
    assert row.when == 'ci == "github"'
    assert row.at({"package": "net"}) == PurePosixPath("src/net/a.py")
    assert found.placed({"package": "net"})[PurePosixPath("src/net/a.py")] is row


def test_a_row_of_a_cookiecutter_template_has_its_path_too(draw):
    root = draw(
        {
            "cookiecutter.json": "{}",
            "house.toml": HEAD.replace("copier", "cookiecutter")
            + ROW.replace("a.md", "{{ cookiecutter.slug }}.md"),
        }
    )

    assert read_house(root).rows[0].at({"slug": "s"}) == PurePosixPath("s.md")


def test_a_template_without_a_table_is_a_house_with_an_empty_one(draw):
    found = read_house(draw({"cookiecutter.json": "{}"}, "mine"))

    assert (found.id, found.version, found.rows) == ("mine", "0", ())
    assert found.engine is Engine.COOKIECUTTER


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("schema = ", "is no TOML: Invalid value (at end of document)\n  try: mend the line that"),
        (
            "schema = 2",
            "schema is 2, and this version reads 1\n  try: write schema = 1, or install",
        ),
        ("schema = 1\n", 'id is None, not a text\n  try: write id = "..."'),
        (HEAD.replace("copier", "other"), "engine is 'other', but the template beside it is for"),
        (HEAD + "path = 3", "path is no list of tables\n  try: begin each row with [[path]]"),
        (HEAD + ROW + ROW, "path 'a.md' has two rows\n  try: keep one of them"),
        (
            HEAD + ROW + "x = 1",
            "row 'a.md': unknown key 'x'\n  try: use only owner, path, practices",
        ),
        (
            HEAD + ROW.replace("both", "me"),
            "row 'a.md': owner is 'me'\n  try: write one of template",
        ),
        (
            HEAD + ROW + "rules = 1",
            "row 'a.md': rules is 1, not a list of texts\n  try: write rules",
        ),
        (
            HEAD + '[names]\nname = "x"',
            "names is {'name': 'x'}\n  try: write [names] with answer =",
        ),
    ],
)
def test_what_is_wrong_with_a_table_is_said(draw, table, message):
    root = house(draw, table)

    with pytest.raises(ScaffoldError) as caught:
        read_house(root)

    assert str(caught.value).startswith(f"{root / 'house.toml'}: {message}")


def test_a_folder_without_a_template_is_no_house(draw):
    root = draw({"a": ""})

    with pytest.raises(ScaffoldError) as caught:
        read_house(root)

    assert str(caught.value) == (
        f"{root}: holds neither a copier.yml nor a cookiecutter.json\n"
        "  try: name the folder of a Copier or Cookiecutter template, or a house that ships"
    )


def test_the_place_of_a_path_is_told_in_the_words_of_whoever_named_the_house(draw):
    found = read_house(draw({"copier.yml": ""}))

    assert found.place("a/b") == str(found.root / "a/b")
