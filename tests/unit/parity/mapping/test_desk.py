"""What ours tells about its heads."""

from __future__ import annotations

from torch import nn

from scaffold.parity.mapping.desk import _heads


class Attention(nn.Module):
    def __init__(self, **numbers):
        super().__init__()
        self.q_proj, self.o_proj = nn.Linear(24, 24), nn.Linear(24, 10)
        self.__dict__.update(numbers)


def test_a_part_that_knows_how_many_heads_it_has_is_believed_first():
    assert _heads(Attention(num_heads=3))[0] == 3


def test_of_a_part_that_knows_how_wide_a_head_is_both_are_tried():
    assert _heads(Attention(head_dim=8)) == (8, 3)


def test_a_width_that_fits_into_no_projection_gives_itself_alone():
    assert _heads(Attention(head_dim=7)) == (7,)
