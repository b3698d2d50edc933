"""How a tensor lies in memory does not matter; which axis is which does."""

from __future__ import annotations

import torch
from torch import nn

IMAGES = torch.randn(2, 3, 9, 9, generator=torch.Generator().manual_seed(0))
SQUARE = torch.randn(2, 8, 8, generator=torch.Generator().manual_seed(0))


class Net(nn.Module):
    def __init__(self, layout=torch.contiguous_format):
        super().__init__()
        self.first, self.last, self.layout = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 3), layout

    def forward(self, x):
        return self.last(self.first(x.contiguous(memory_format=self.layout)).relu())


def test_channels_last_on_either_side_is_the_same_model(compared):
    assert compared(Net(), Net(torch.channels_last), IMAGES).agrees
    assert compared(Net(torch.channels_last), Net(), IMAGES).agrees


def test_a_transposed_output_of_the_same_shape_is_never_turned_back(compared):
    class Linear(nn.Module):
        def __init__(self, *, turned=False):
            super().__init__()
            self.linear, self.turned = nn.Linear(8, 8), turned

        def forward(self, x):
            y = self.linear(x)
            return y.mT if self.turned else y

    assert compared(Linear(), Linear(), SQUARE).agrees
    assert compared(Linear(), Linear(turned=True), SQUARE).first.place == "the model"


def test_axes_that_are_moved_there_and_back_within_a_part_are_its_own_business(compared):
    class Norm(nn.Module):
        def __init__(self, *there):
            super().__init__()
            self.norm, self.there = nn.LayerNorm(3), there

        def forward(self, x):
            back = [self.there.index(axis) for axis in range(4)]
            return self.norm(x.permute(*self.there)).permute(*back)

    theirs = nn.Sequential(Norm(0, 2, 3, 1), nn.Conv2d(3, 3, 1))

    found = compared(theirs, nn.Sequential(Norm(0, 3, 2, 1), nn.Conv2d(3, 3, 1)), IMAGES)

    assert found.agrees, found.first
    assert any(note.startswith("what reaches 0.norm is not what reached") for note in found.notes)


def test_a_golden_is_a_copy_that_no_stride_reaches(compared):
    """An expanded or sliced input is recorded as its numbers, not as its memory."""
    wide = torch.randn(4, 1, generator=torch.Generator().manual_seed(0)).expand(4, 8)

    assert compared(nn.Linear(8, 8), nn.Linear(8, 8), wide).agrees
    assert compared(nn.Linear(8, 8), nn.Linear(8, 8), torch.randn(8, 4).T).agrees
