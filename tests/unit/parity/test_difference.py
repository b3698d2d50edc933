import math

import numpy as np
import pytest

from scaffold.core.difference import Side
from scaffold.parity.difference import CELLS, WORST, Where, difference
from scaffold.parity.judge import LIMIT

WHERE = Where(part="a", ours="b", side=Side.ALONE, probe="normal", call=0, leaf="")


def looked(theirs, exact, noise=1e-6):
    ours = exact.astype(theirs.dtype)
    return difference(WHERE, theirs, ours, exact, np.full(exact.shape, noise))


def ones(*shape):
    return np.ones(shape, dtype=np.float32)


def test_the_worst_elements_come_first_with_their_places():
    theirs = ones(2, 3, 4)
    theirs[1, 2, 3], theirs[0, 1, 0] = 1.5, 1.25

    found = looked(theirs, ones(2, 3, 4))

    assert [element.place for element in found.worst] == [(1, 2, 3), (0, 1, 0)]
    assert found.worst[0].theirs == 1.5
    assert found.worst[0].ours == 1.0
    assert found.worst[0].ratio == pytest.approx(5e5)


def test_only_some_of_many_are_listed_and_all_are_counted():
    found = looked(ones(10, 10) + np.float32(0.1), ones(10, 10))

    assert len(found.worst) == WORST
    assert found.elements == found.beyond == sum(found.counts) == 100


def test_what_rounding_explains_is_not_beyond():
    theirs = ones(4, 4).astype(np.float64)
    theirs[0, 0] += LIMIT * 0.9e-6
    theirs[0, 1] += LIMIT * 1.1e-6

    found = looked(theirs, ones(4, 4).astype(np.float64))

    assert found.beyond == 1
    assert found.counts[:4] == (14, 0, 1, 1)


def test_the_unit_is_never_below_the_precision_of_theirs():
    found = looked(ones(3), ones(3), noise=0.0)

    assert found.unit == pytest.approx(np.finfo(np.float32).eps / 4)


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_on_one_side_is_infinitely_far(odd):
    theirs = ones(2, 2)
    theirs[1, 0] = odd

    found = looked(theirs, ones(2, 2))

    assert found.worst[0].place == (1, 0)
    assert found.worst[0].ratio == math.inf
    assert found.beyond == 1


def test_what_is_no_number_on_both_sides_is_equal():
    theirs = ones(2, 2)
    theirs[0, 0], theirs[0, 1] = math.nan, math.inf

    assert looked(theirs, theirs.copy()).worst == ()


def test_whole_numbers_are_equal_or_infinitely_far():
    theirs = np.array([[1, 2], [3, 4]])

    found = looked(theirs, np.array([[1, 2], [9, 4]]), noise=0)

    assert (found.dtype, found.unit) == ("int64", 0.0)
    assert [(element.place, element.ratio) for element in found.worst] == [((1, 0), math.inf)]


def test_a_channel_that_holds_the_difference_is_named():
    theirs = ones(2, 8, 5)
    theirs[:, 3, :] += 0.1

    found = looked(theirs, ones(2, 8, 5))

    assert [(one.axis, one.index) for one in found.concentrations] == [(1, 3)]
    assert found.concentrations[0].share == 1.0


def test_a_difference_that_is_everywhere_has_no_such_place():
    assert looked(ones(4, 4) + np.float32(0.1), ones(4, 4)).concentrations == ()


def test_the_grid_shows_the_last_axes_at_the_worst_element():
    theirs = ones(2, 3, 1, 4)
    theirs[1, 2, 0, 3] = 2.0

    grid = looked(theirs, ones(2, 3, 1, 4)).grid

    assert grid.at == (1, None, 0, None)
    assert grid.steps == (1, 1)
    assert grid.cells[2][3] > 0.0
    assert sum(map(sum, grid.cells)) == grid.cells[2][3]


def test_a_great_tensor_is_shown_in_few_cells_and_none_is_lost():
    theirs = ones(1000, 999)
    theirs[999, 998] = 2.0

    grid = looked(theirs, ones(1000, 999)).grid

    assert (len(grid.cells), len(grid.cells[0])) <= CELLS
    assert grid.steps == (42, 21)
    assert grid.cells[-1][-1] > 0.0


def test_a_row_is_one_line_and_a_number_has_no_grid():
    assert len(looked(ones(7), np.zeros(7, dtype=np.float32)).grid.cells) == 1
    assert looked(ones(), np.zeros((), dtype=np.float32)).grid is None


def test_complex_numbers_are_looked_at_as_pairs():
    theirs = np.array([1 + 1j, 2 + 5j], dtype=np.complex64)

    found = looked(theirs, np.array([1 + 1j, 2 + 2j], dtype=np.complex128))

    assert found.shape == (2, 2)
    assert found.worst[0].place == (1, 1)
