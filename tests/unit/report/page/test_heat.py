import math

import pytest

from scaffold.core.difference import Difference, Grid, Side
from scaffold.report.page.heat import heat, ratio


def difference(cells, at=(0, None, None), steps=(1, 1), shape=(2, 2, 3)):
    return Difference(
        part="a",
        ours="a",
        side=Side.ALONE,
        probe="normal",
        call=0,
        leaf="",
        dtype="float32",
        shape=shape,
        unit=1.0,
        elements=6,
        beyond=0,
        edges=(),
        counts=(),
        worst=(),
        concentrations=(),
        grid=cells and Grid(at=at, steps=steps, cells=cells),
    )


def test_a_tensor_without_a_grid_has_no_picture():
    assert heat(difference(None), 8.0) is None


def test_every_cell_has_one_shade_and_runs_are_joined():
    picture = heat(difference(((0.0, 0.0, 0.5), (3.0, 800.0, math.inf))), 8.0)

    assert {shade.name: shade.path for shade in picture.shades if shade.path} == {
        "0": "M0 0h2v1h-2z",
        "1": "M2 0h1v1h-1z",
        "2": "M0 1h1v1h-1z",
        "7": "M1 1h1v1h-1z",
        "odd": "M2 1h1v1h-1z",
    }
    assert picture.worst == (2, 1)


def test_shades_beyond_the_limit_are_steps_of_equal_ratio():
    picture = heat(difference(((8.0, 8e5, 1.0),)), 8.0)

    assert [shade.meaning for shade in picture.shades] == [
        "0", "≤ 1", "≤ 8", "≤ 80", "≤ 800", "≤ 8000", "≤ 80000", "≤ 8e5", "no number",
    ]  # fmt: skip


def test_where_all_is_within_the_limit_no_shade_lies_beyond_it():
    picture = heat(difference(((0.5, 2.0, 7.0),)), 8.0)

    assert [shade.name for shade in picture.shades] == ["0", "1", "2", "odd"]


def test_the_axes_are_named_by_index_and_length():
    picture = heat(
        difference(((1.0,),), at=(1, None, 3, None), steps=(4, 1), shape=(2, 90, 5, 7)), 8.0
    )

    assert picture.slice == "[1, :, 3, :]"
    assert picture.down == "axis 1: 0 to 89, 4 to a cell"
    assert picture.across == "axis 3: 0 to 6"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1234, "0.123"), (12.34, "12.3"), (1234.5, "1234"), (1234567, "1.23e6"), (math.inf, "inf")],
)
def test_a_ratio_stays_short(value, text):
    assert ratio(value) == text
