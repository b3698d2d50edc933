"""The table of parts: what is delegated, taken, written."""

from __future__ import annotations

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.house.parts import Status, read_parts, with_status

TEXT = """\
schema = 1

[[part]]
theirs = "net:Mlp"
ours = "mlp:Mlp"
status = "delegated"
places = ["blocks.0.mlp", "blocks.1.mlp"]

[[part]]
theirs = "net:Net"
ours = "net:Net"
status = "delegated"
places = [""]
"""


def table(tmp_path, text=TEXT):
    path = tmp_path / "parts.toml"
    path.write_text(text)
    return read_parts(path)


def test_it_is_read_small_layers_first(tmp_path):
    parts = table(tmp_path)

    assert [row.name for row in parts.rows] == ["Mlp", "Net"]
    assert parts.root.theirs == "net:Net"
    assert (parts.written, parts.delegates) == ((), True)


@pytest.mark.parametrize("name", ["Mlp", "mlp", "net:Mlp", "mlp:Mlp", "blocks.1.mlp"])
def test_a_class_is_found_by_any_of_its_names(tmp_path, name):
    assert table(tmp_path).find(name).ours == "mlp:Mlp"


def test_one_status_is_changed_and_all_else_stays(tmp_path):
    row = table(tmp_path).find("Mlp")

    changed = with_status(TEXT, row, Status.WRITTEN)

    assert changed == TEXT.replace('"delegated"', '"written"', 1)
    assert [row.name for row in table(tmp_path, changed).written] == ["Mlp"]


def test_nothing_is_delegated_once_the_model_itself_is_written(tmp_path):
    changed = with_status(TEXT, table(tmp_path).root, Status.WRITTEN)

    assert not table(tmp_path, changed).delegates


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("schema = 1", "schema = 7", "schema is 7"),
        ("delegated", "finished", "row 1: status is 'finished'\n  try: write one of delegated"),
        ('"mlp:Mlp"', '"mlp.Mlp"', "row 1: ours is 'mlp.Mlp'"),
        ('places = [""]', 'places = ["x"]', "0 rows have the place"),
        ('theirs = "net:Mlp"\n', "", "row 1 has not exactly the keys"),
        ("[[part]]", "[[part", "cannot be read"),
    ],
)
def test_a_table_that_is_wrong_says_where(tmp_path, old, new, said):
    with pytest.raises(ScaffoldError) as caught:
        table(tmp_path, TEXT.replace(old, new, 1))
    assert said in str(caught.value).replace(f"{tmp_path / 'parts.toml'}: ", "")


def test_an_unknown_part_and_a_missing_table_say_what_to_do(tmp_path):
    with pytest.raises(ScaffoldError, match=r"no class is called .Mpl.\n  try: name one of"):
        table(tmp_path).find("Mpl")
    with pytest.raises(ScaffoldError, match="only a repository made around a reference has it"):
        read_parts(tmp_path / "absent.toml")
