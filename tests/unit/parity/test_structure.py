"""Names, shapes and counts in both sizes, and the map proved by using it."""

from __future__ import annotations

from scaffold.core.comparison import Verdict
from scaffold.parity.structure import structure_rows, weights_rows


def wrong(rows):
    return {r.item: r.judgement for r in rows if not r.judgement.verdict.agrees}


def test_every_tensor_of_both_sizes_has_a_row(sides):
    rows = structure_rows(*sides())

    assert wrong(rows) == {}
    assert [row.item for row in rows][:2] == ["twin: parameters", "twin: first.weight"]
    assert {row.part for row in rows} == {"", "first", "last"}
    assert sum(row.item.startswith("full: ") for row in rows) == 5


def test_a_wrong_size_shows_in_the_full_model_only(sides):
    found = wrong(structure_rows(*sides(("else 8", "else 16"))))

    assert all(item.startswith("full: ") for item in found)
    assert found["full: parameters"].reason == "theirs has 67, ours 131"
    assert found["full: first.weight"].verdict is Verdict.SHAPE
    assert found["full: first.weight"].reason == (
        "theirs is torch.float32 [8, 4], ours is torch.float32 [16, 4]"
    )


def test_a_tensor_on_one_side_only_is_missing(sides):
    found = wrong(structure_rows(*sides(("self.act = nn.GELU()", "self.act = nn.PReLU()"))))

    assert found["twin: act.weight"].reason == "ours has it, and the map does not make it"


def test_a_tensor_that_the_map_makes_for_nobody_is_missing(sides):
    found = wrong(structure_rows(*sides(map_changes=[('"last.bias"', '"last.shift"')])))

    assert found["twin: last.shift"].reason == "the map makes it, and ours has none"


def test_a_map_that_leaves_a_key_over_is_a_finding(sides):
    found = wrong(structure_rows(*sides(map_changes=[('"head.bias"', '"tail.bias"')])))

    assert found["twin: map"].reason == "`head.bias` of theirs is used by no rule"


def test_the_map_is_proved_there_and_back(sides):
    rows = weights_rows(*sides())

    assert wrong(rows) == {}
    assert [row.item for row in rows] == [
        "map", "first.weight", "first.bias", "last.weight", "last.bias",
    ]  # fmt: skip


def test_a_map_that_does_not_fit_is_one_finding(sides):
    (row,) = weights_rows(*sides(map_changes=[('"last.bias"', '"last.shift"')]))

    assert row.judgement.reason == "`last.bias` of ours is made by no rule"
