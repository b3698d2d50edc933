"""A reference with some of its classes replaced by ours, at every place they have."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from scaffold.core.errors import ScaffoldError
from scaffold.reference.blueprint.values import name_of
from scaffold.reference.hybrid import hybrid


class Scale(nn.Module):
    """Multiplies by a weight."""

    def __init__(self, width: int, gain: float = 2.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((width,), gain))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weight


class Block(nn.Module):
    """A linear layer and a scale."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, width)
        self.scale = Scale(width, gain=3.0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.scale(self.linear(x))


class Net(nn.Module):
    """Two blocks, a scale that is used twice, a head that shares the weights of the first layer."""

    def __init__(self, width: int = 4) -> None:
        super().__init__()
        self.blocks = nn.Sequential(Block(width), Block(width))
        self.first = Scale(width)
        self.again = self.first
        self.head = nn.Linear(width, width)
        self.head.weight = self.blocks[0].linear.weight
        for part in self.modules():
            if isinstance(part, Scale):
                nn.init.normal_(part.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.again(self.first(self.blocks(x))))


class OurScale(nn.Module):
    """Ours, with the names of theirs."""

    def __init__(self, width: int, gain: float = 2.0) -> None:
        super().__init__()
        self.given = (width, gain)
        self.weight = nn.Parameter(torch.empty(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weight * x


class OurBlock(nn.Module):
    """Ours, which keeps the layer's name and has no scale of theirs."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, width)
        self.scale = OurScale(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.scale(self.linear(x))


SCALE, BLOCK, NET = (name_of(kind) for kind in (Scale, Block, Net))


def built(written):
    torch.manual_seed(3)
    return hybrid(Net, written)


def test_nothing_written_is_the_reference_itself():
    assert type(built({})) is Net


def test_a_written_class_is_at_every_place_with_what_theirs_was_given():
    model = built({SCALE: OurScale})

    assert [model.blocks[i].scale.given for i in (0, 1)] == [(4, 3.0)] * 2
    assert model.first.given == (4, 2.0)
    assert not [part for part in model.modules() if isinstance(part, Scale)]


def test_it_computes_what_the_reference_computes_from_the_same_seed():
    x = torch.randn(2, 4)

    assert torch.equal(built({SCALE: OurScale})(x), built({})(x))


def test_a_part_that_is_used_twice_stays_one_part():
    model = built({SCALE: OurScale})

    assert model.first is model.again


def test_the_outermost_written_class_wins():
    model = built({SCALE: OurScale, BLOCK: OurBlock})

    assert type(model.blocks[0]) is OurBlock
    assert model.blocks[0].scale.given == (4, 2.0)  # as our block builds it
    assert model.first.given == (4, 2.0)


def test_tied_weights_stay_tied():
    model = built({BLOCK: OurBlock})

    assert model.head.weight is model.blocks[0].linear.weight


def test_the_root_itself_may_be_ours():
    class OurNet(nn.Module):
        def __init__(self, width: int = 4) -> None:
            super().__init__()
            self.width = width

    assert type(built({NET: OurNet})) is OurNet


def test_a_part_that_is_handed_to_a_written_one_is_ours_as_well():
    class Holder(nn.Module):
        def __init__(self, inner: nn.Module) -> None:
            super().__init__()
            self.inner = inner

    class OurHolder(Holder):
        """Ours."""

    model = hybrid(lambda: Holder(Scale(4)), {name_of(Holder): OurHolder, SCALE: OurScale})

    assert (type(model), type(model.inner)) == (OurHolder, OurScale)


def test_a_class_that_theirs_has_not_is_refused():
    with pytest.raises(ScaffoldError, match="rewrites net:Gone, and the reference has no part"):
        built({"net:Gone": OurScale})


def test_a_constructor_that_takes_something_else_is_refused_at_its_place():
    class Other(nn.Module):
        def __init__(self, size: int) -> None:
            super().__init__()
            self.size = size

    with pytest.raises(ScaffoldError, match=r"what .*:Scale was given at blocks\.0\.scale"):
        built({SCALE: Other})


def test_ours_need_not_take_what_plays_no_part():
    class Narrow(nn.Module):
        def __init__(self, gain: float) -> None:
            super().__init__()
            self.gain = gain

    found = {part.gain for part in built({SCALE: Narrow}).modules() if isinstance(part, Narrow)}

    assert found == {2.0, 3.0}


def test_names_of_our_own_are_given_everything_in_their_places():
    class Renamed(nn.Module):
        def __init__(self, size: int, factor: float) -> None:
            super().__init__()
            self.given = (size, factor)

    found = {part.given for part in built({SCALE: Renamed}).modules() if isinstance(part, Renamed)}

    assert found == {(4, 2.0), (4, 3.0)}


def test_a_class_without_a_constructor_is_given_nothing():
    class Bare(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x

    assert sum(isinstance(part, Bare) for part in built({SCALE: Bare}).modules()) == 3
