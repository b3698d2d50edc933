"""Every operator has an inverse that is exact to the bit, and says what it cannot do."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from scaffold.parity.operators import operator

ROWS = [
    {"op": "split", "axis": 0},
    {"op": "split", "axis": -1, "sizes": [1, 2, 3]},
    {"op": "transpose", "axes": [1, 0]},
    {"op": "flip", "axes": [0, 1]},
    {"op": "permute", "axis": 1, "index": [5, 3, 1, 0, 2, 4]},
    {"op": "reshape", "from": [6, 6], "shape": [-1, 4]},
]


@given(row=st.sampled_from(ROWS), seed=st.integers(0, 99))
def test_back_is_the_inverse_of_forth(row, seed):
    step = operator(row, theirs=1, ours=3)
    whole = torch.rand(6, 6, generator=torch.Generator().manual_seed(seed))

    there = step.forward([whole])

    (back,) = step.backward(there)
    assert torch.equal(back, whole)
    assert sum(piece.numel() for piece in there) == whole.numel()


def test_a_merge_undoes_a_split():
    pieces = [torch.rand(2, 2) for _ in range(3)]
    merge = operator({"op": "merge", "axis": 0}, theirs=3, ours=1)

    (whole,) = merge.forward(pieces)

    assert whole.shape == (6, 2)
    assert all(map(torch.equal, merge.backward([whole]), pieces))


def test_a_length_that_does_not_divide_is_named():
    with pytest.raises(ValueError, match="axis 0 of length 4 has no 3 equal parts"):
        operator({"op": "split", "axis": 0}, theirs=1, ours=3).forward([torch.zeros(4, 1)])


def test_an_index_of_another_length_is_named():
    step = operator({"op": "permute", "axis": 0, "index": [1, 0]}, theirs=1, ours=1)

    with pytest.raises(ValueError, match="axis 0 has length 3, and the index names 2 places"):
        step.forward([torch.zeros(3)])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"op": "turn"}, "op 'turn' is none of flip, merge, permute, reshape, split, transpose"),
        ({"op": "flip"}, r"op 'flip' lacks \['axes'\]"),
        ({"op": "flip", "axes": [0], "axis": 0}, r"op 'flip' does not know \['axis'\]"),
        ({"op": "permute", "axis": 0, "index": [0, 0]}, r"index \[0, 0\] is no permutation"),
        ({"op": "reshape", "shape": [4]}, r"op 'reshape' lacks \['from'\]"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named(row, said):
    with pytest.raises(ValueError, match=said):
        operator(row, theirs=1, ours=1)
