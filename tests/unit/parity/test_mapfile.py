"""A map file is read whole, or the row that is wrong is named."""

from __future__ import annotations

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.parity.mapfile import parse, read


def test_a_single_name_may_stand_without_brackets():
    rules = parse(
        'schema = 1\n[[weight]]\ntheirs = "a"\nours = "b"\n[[excused]]\nours = "c"\nreason = "why"',
        where="map",
    )

    assert str(rules.weights[0]) == "a -> b"
    assert rules.excused[0].reason == "why"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("schema =", "is no TOML (Invalid value (at end of document))"),
        ("", "has schema None, and this version reads 1"),
        ("schema = 2", "has schema 2, and this version reads 1"),
        ("schema = 1\n[[weights]]", "has tables nobody reads: weights"),
        ('schema = 1\n[[part]]\nours = "a"', "row 1 of [[part]]: lacks 'theirs'"),
        (
            'schema = 1\n[[part]]\ntheirs = "a.{i}"\nours = "b"',
            "row 1 of [[part]]: the names ['a.{i}', 'b'] have different numbered places",
        ),
        (
            'schema = 1\n[[weight]]\ntheirs = "a"\nours = ["b", "c"]',
            (
                "row 1 of [[weight]]: has another number of tensors on each side, "
                "and no split or merge"
            ),
        ),
        (
            'schema = 1\n[[weight]]\ntheirs = ["a", "b"]\nours = ["c", "d"]',
            "row 1 of [[weight]]: maps several tensors to several; write one row for each",
        ),
        (
            'schema = 1\n[[weight]]\ntheirs = "a"\nours = []',
            (
                "row 1 of [[weight]]: names no tensor; "
                "a key without counterpart belongs into [[dropped]]"
            ),
        ),
        (
            'schema = 1\n[[excused]]\ntheirs = "a"\nreason = " "',
            "row 1 of [[excused]]: has an empty reason",
        ),
        (
            'schema = 1\n[[dropped]]\nreason = "x"',
            "row 1 of [[dropped]]: names either `theirs` or `ours`",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_row(text, what):
    with pytest.raises(ScaffoldError) as raised:
        parse(text, where="weights.map.toml")
    assert raised.value.what == what
    assert raised.value.where == "weights.map.toml"


def test_a_missing_map_is_named(tmp_path):
    with pytest.raises(ScaffoldError, match=r"weights\.map\.toml: there is no weight map"):
        read(tmp_path / "weights.map.toml")
