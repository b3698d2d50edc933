"""The house that ships: its table and its template say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from scaffold.house.shipped import DEFAULT, shelf
from scaffold.house.table import Owner, read_house

HOUSE = shelf() / DEFAULT
TREE = HOUSE / "repository"
JUNK = (".git", "__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".DS_Store")
# What a template writes and nobody may edit by hand is rare: most files belong to both.
PRACTICE = re.compile(r"P(0[1-9]|[1-5][0-9]|6[0-4])")
CONDITION = re.compile(r"\{% if (?P<when>[^%]+) %\}/(?P<path>[^{]+)\{% endif %\}")


def rows():
    return read_house(HOUSE).rows


def files_in_the_template():
    found = {
        path.relative_to(TREE).as_posix().removesuffix(".jinja")
        for path in TREE.rglob("*")
        if path.is_file() and not set(JUNK) & set(path.parts) and path.suffix != ".pyc"
    }
    return sorted(found)


def folders_in_the_template():
    folders = {
        f"{parent.as_posix()}/"
        for name in files_in_the_template()
        for parent in Path(name).parents
        if parent.as_posix() != "."
    }
    return sorted(folders)


def test_every_file_has_exactly_one_row_and_every_row_its_file():
    assert sorted(row.path for row in rows() if not row.is_folder) == files_in_the_template()


def test_every_folder_has_exactly_one_row_and_every_row_its_folder():
    assert sorted(row.path for row in rows() if row.is_folder) == folders_in_the_template()


def test_rows_stand_in_the_order_in_which_a_reader_meets_them():
    paths = [row.path for row in rows()]

    for folder in (path for path in paths if path.endswith("/")):
        inside = [n for n, path in enumerate(paths) if path.startswith(folder)]
        assert inside == list(range(inside[0], inside[0] + len(inside))), folder


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.path)
def test_a_purpose_is_one_line_that_a_person_can_read(row):
    assert 8 <= len(row.purpose) <= 110
    assert "\n" not in row.purpose
    assert not row.purpose.endswith(".")


def test_no_two_files_have_the_same_purpose():
    purposes = [row.purpose for row in rows() if not row.path.endswith("__init__.py")]

    assert sorted(purposes) == sorted(set(purposes))


def test_practices_are_ids_of_the_catalogue():
    wrong = {
        row.path: row.practices for row in rows() if not all(map(PRACTICE.fullmatch, row.practices))
    }

    assert wrong == {}


def test_every_file_outside_the_package_skeleton_serves_a_practice():
    idle = [row.path for row in rows() if not row.is_folder and not row.practices]

    assert [path for path in idle if not path.endswith("__init__.py")] == []


def test_what_an_engineer_fills_in_belongs_to_the_engineer():
    owners = {row.path: row.owner for row in rows()}

    for path in (
        "results/targets.yaml",
        "results/measured.yaml",
        "docs/deviations.md",
        "README.md",
    ):
        assert owners[path] in (Owner.USER, Owner.BOTH), path


def opposite(condition):
    question, operator, answer = condition.split()
    return f'{question} {({"==": "!=", "!=": "=="})[operator]} "{answer[1:-1]}"'


def test_a_condition_in_the_table_is_the_condition_in_the_template():
    excluded = YAML(typ="safe").load(HOUSE / "copier.yml")["_exclude"]
    conditions = [found for found in map(CONDITION.fullmatch, excluded) if found]
    left_out = {found["path"]: opposite(found["when"]) for found in conditions}

    stated = {row.path: row.when for row in rows() if row.when and not row.is_folder}

    for path, when in stated.items():
        above = [left_out[key] for key in left_out if path == key or path.startswith(f"{key}/")]
        assert above == [when], path
    for key in left_out:
        assert any(path == key or path.startswith(f"{key}/") for path in stated), key
