"""A sample goes through named operations, the random ones with parameters that can be given."""

from typing import NamedTuple

import numpy as np
import pytest
import torch

from scaffold.core.errors import ScaffoldError
from scaffold.trace import data


class Corner(NamedTuple):
    x: int
    y: int


def draw(seed):
    return Corner(seed, 2 * seed)


def shifted(value, corner):
    return value + corner.x + 10 * corner.y


STEPS = {"double": lambda value: value * 2, "shift": (draw, shifted)}


def test_every_operation_gets_what_the_one_before_it_gave():
    first, second = data.chain(STEPS, np.ones(2), seed=3)

    assert first.value.tolist() == [2, 2]
    assert first.parameters is None
    assert second.value.tolist() == [65, 65]
    assert second.parameters.tolist() == [3, 6]


def test_parameters_of_theirs_are_given_in_the_form_of_ours():
    found = data.applied("shift", STEPS["shift"], np.zeros(1), np.array([1.0, 1.0]))

    assert found.tolist() == [11]


def test_parameters_are_drawn_for_many_seeds():
    assert data.drawn(draw, "shift", range(2)).tolist() == [[0, 0], [1, 2]]


@pytest.mark.parametrize("form", [torch.tensor, np.asarray])
def test_a_golden_comes_in_the_form_that_ours_handles(form):
    like = form(np.ones(2, dtype=np.float32))

    found = data.as_given(np.zeros(2, dtype=np.float32), like)

    assert type(found) is type(like)
    assert found.dtype == like.dtype


def test_bytes_are_an_array_of_bytes_and_back():
    array = data.array(b"ab", "decode")

    assert array.tolist() == [97, 98]
    assert data.as_given(array, b"") == b"ab"


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (
            lambda: list(data.chain({"crop": 3}, np.ones(1), 0)),
            (
                "data_steps: an operation on data is a function, or a pair of two; this is a int\n"
                "  try: give {'<name>': function} or {'<name>': (draw, apply)}"
            ),
        ),
        (
            lambda: list(data.chain({"half": lambda value: value / "2"}, 1, 0)),
            (
                "data_steps, half: fails (TypeError: unsupported operand type(s) for /: 'int' and "
                "'str')\n"
                "  try: call it from python on that sample, and mend what the traceback shows"
            ),
        ),
        (
            lambda: data.array({"a": 1}, "decode"),
            (
                "data_steps, decode: gives a dict, which is no array\n"
                "  try: give an array, a tensor or a picture; split an operation that gives several"
            ),
        ),
        (
            lambda: data.numbers("left", "flip"),
            (
                "data_steps, flip: `draw` gives what is no number "
                "(could not convert string to float: "
                "'left')\n  try: give a number, or a tuple of numbers"
            ),
        ),
        (
            lambda: data.applied("shift", STEPS["shift"], np.ones(1), None),
            (
                "data_steps, shift: is random, and the reference draws nothing there\n"
                "  try: leave it out of `data_steps`, or record the reference's own draws"
            ),
        ),
    ],
)
def test_what_is_no_operation_is_refused(run, message):
    with pytest.raises(ScaffoldError) as error:
        run()

    assert str(error.value) == message
