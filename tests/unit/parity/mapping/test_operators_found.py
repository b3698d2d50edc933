"""Each operator is found where it is needed, and only there."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from scaffold.parity.mapping import State
from scaffold.parity.mapping.value import operators_of

WIDTH, HEADS = 12, 3


def numbers(*shape):
    return lambda: (torch.randn(shape),)


class Attention(nn.Module):
    """Fused projections in one of several layouts."""

    def __init__(self, layout="3hd"):
        super().__init__()
        self.layout = layout
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        b, n, c = x.shape
        fused = self.qkv(x)
        match self.layout:
            case "3hd":
                q, k, v = fused.view(b, n, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
            case "h3d":
                q, k, v = fused.view(b, n, HEADS, 3, -1).permute(3, 0, 2, 1, 4)
            case "hd3":
                q, k, v = fused.view(b, n, HEADS, -1, 3).permute(4, 0, 2, 1, 3)
        y = functional.scaled_dot_product_attention(q, k, v)
        return self.out(y.transpose(1, 2).reshape(b, n, c))


class Apart(nn.Module):
    """Three projections."""

    num_heads = HEADS

    def __init__(self):
        super().__init__()
        self.v, self.k, self.q, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = (p(x).view(b, n, HEADS, -1).transpose(1, 2) for p in (self.q, self.k, self.v))
        y = functional.scaled_dot_product_attention(q, k, v)
        return self.out(y.transpose(1, 2).reshape(b, n, c))


class Kernel(nn.Module):
    """A linear layer with its weight the other way round."""

    def __init__(self, wide, high):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(wide, high) * 0.3)
        self.bias = nn.Parameter(torch.randn(high) * 0.1)

    def forward(self, x):
        return x @ self.weight + self.bias


class Backwards(nn.Conv2d):
    """A convolution in the sense of mathematics: the kernel turned."""

    def forward(self, x):
        return functional.conv2d(x, self.weight.flip((2, 3)), self.bias, padding=1)


class ChannelsLast(nn.Module):
    """A kernel as other frameworks store it: height, width, in, out."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(3, 3, 2, 5) * 0.3)
        self.bias = nn.Parameter(torch.zeros(5))

    def forward(self, x):
        return functional.conv2d(x, self.weight.permute(3, 2, 0, 1), self.bias, padding=1)


class Patches(nn.Module):
    """A convolution as a matrix of flattened patches."""

    def __init__(self, order):
        super().__init__()
        self.order = order
        self.linear = nn.Linear(12, 5)

    def forward(self, x):
        b, c, h, w = x.shape
        x = x[..., : h // 2 * 2, : w // 2 * 2]
        x = x.reshape(b, c, h // 2, 2, w // 2, 2)
        x = x.permute(0, 2, 4, *self.order).flatten(3)
        return self.linear(x).permute(0, 3, 1, 2)


@pytest.mark.parametrize("layout", ["3hd", "h3d", "hd3"])
def test_a_fused_projection_is_split_in_its_layout(looked_for, rows, layout):
    found = looked_for(lambda: Attention(layout), Apart, numbers(2, 5, WIDTH))

    assert found.state is State.PROVED, found.refused
    _, steps = rows(found)[("q.weight", "k.weight", "v.weight")]
    assert "split" in found.by_operator or "reshape + split" in found.by_operator
    assert len(steps) == (1 if layout == "3hd" else 3)


@pytest.mark.parametrize("turned", [False, True], ids=["as it is", "transposed"])
@pytest.mark.parametrize("layouts", [("3hd", "h3d"), ("h3d", "3hd")], ids=" to ".join)
def test_a_fused_projection_in_another_order_is_found(looked_for, layouts, turned):
    """Each projection alone gives what was recorded; only what follows tells the orders apart."""

    def theirs():
        model = nn.Sequential(Attention(layouts[0]), nn.LayerNorm(WIDTH))
        if turned:
            model[0].qkv = Kernel(WIDTH, 3 * WIDTH)
        return model

    def ours():
        return nn.Sequential(Attention(layouts[1]), nn.LayerNorm(WIDTH))

    found = looked_for(theirs, ours, numbers(2, 5, WIDTH))

    assert found.state is State.PROVED, found.refused
    rule = next(rule for rule in found.weights if rule.ours == ("0.qkv.weight",))
    steps = [type(step).__name__ for step in rule.steps]
    assert steps == [*(["Transpose"] if turned else []), "Reshape", "Transpose", "Reshape"]


def test_three_projections_are_merged(looked_for, rows):
    found = looked_for(Apart, Attention, numbers(2, 5, WIDTH))

    assert found.state is State.PROVED, found.refused
    theirs, _ = rows(found)[("qkv.weight",)]
    assert theirs == ("q.weight", "k.weight", "v.weight")


def test_torchs_own_attention_is_taken_apart(looked_for, rows):
    class Theirs(nn.Module):
        def __init__(self):
            super().__init__()
            self.mix = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)

        def forward(self, x):
            return self.mix(x, x, x, need_weights=False)[0]

    class Ours(nn.Module):
        def __init__(self):
            super().__init__()
            self.own = Apart()

        def forward(self, x):
            return self.own(x)

    found = looked_for(Theirs, Ours, numbers(2, 5, WIDTH))

    assert found.state is State.PROVED, found.refused
    assert rows(found)[("own.out.weight",)] == (("mix.out_proj.weight",), ())
    assert rows(found)[("own.q.weight", "own.k.weight", "own.v.weight")][0] == (
        "mix.in_proj_weight",
    )


def test_a_kernel_the_other_way_round_is_transposed(looked_for):
    found = looked_for(
        lambda: nn.Sequential(Kernel(4, 4), nn.Tanh(), nn.Linear(4, 4)),
        lambda: nn.Sequential(nn.Linear(4, 4), nn.Tanh(), Kernel(4, 4)),
        numbers(5, 4),
    )

    assert found.state is State.PROVED, found.refused
    assert found.by_operator == {"as it is": 2, "transpose": 2}


@pytest.mark.parametrize(
    ("theirs", "ours", "operator"),
    [
        (lambda: nn.Conv2d(2, 5, 3, padding=1), lambda: Backwards(2, 5, 3), "flip"),
        (ChannelsLast, lambda: nn.Conv2d(2, 5, 3, padding=1), "transpose"),
        (lambda: nn.Conv2d(3, 5, 2, 2), lambda: Patches((1, 3, 5)), "reshape"),
        (lambda: nn.Conv2d(3, 5, 2, 2), lambda: Patches((3, 5, 1)), "transpose + reshape"),
        (lambda: Patches((3, 5, 1)), lambda: nn.Conv2d(3, 5, 2, 2), "reshape + transpose"),
    ],
    ids=["flip", "height width in out", "patches", "patches with channels last", "back"],
)
def test_a_kernel_in_another_layout_is_found(looked_for, theirs, ours, operator):
    channels = 3 if "reshape" in operator else 2

    class Wrapped(nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner()

        def forward(self, x):
            return self.inner(x)

    found = looked_for(lambda: Wrapped(theirs), lambda: Wrapped(ours), numbers(2, channels, 6, 6))

    assert found.state is State.PROVED, found.refused
    assert operator in {operators_of(rule) for rule in found.weights}


class Rotary(nn.Module):
    """Queries and keys turned by their place: halves of a head together, or neighbours."""

    def __init__(self, neighbours):
        super().__init__()
        self.num_heads, self.neighbours = 2, neighbours
        self.q, self.k = nn.Linear(16, 16), nn.Linear(16, 16)

    def turned(self, x):
        b, n, _ = x.shape
        x = x.view(b, n, self.num_heads, 8)
        angle = torch.arange(n)[:, None] * 0.5 ** torch.arange(4)
        cos, sin = angle.cos().to(x)[:, None], angle.sin().to(x)[:, None]
        a, b = (x[..., 0::2], x[..., 1::2]) if self.neighbours else x.chunk(2, -1)
        return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

    def forward(self, x):
        return torch.einsum("bihd,bjhd->bhij", self.turned(self.q(x)), self.turned(self.k(x)))


def test_rotary_halves_stand_for_rotary_neighbours(looked_for):
    """Each projection reproduces what was recorded of it; only what follows shows the order."""
    found = looked_for(
        lambda: Rotary(neighbours=True), lambda: Rotary(neighbours=False), numbers(2, 5, 16)
    )

    assert found.state is State.PROVED, found.refused
    assert found.by_operator == {"reshape + transpose": 4}


class Table(nn.Module):
    """A bias for each pair of places in a square, in one order of the table's rows or another."""

    def __init__(self, flipped):
        super().__init__()
        self.table = nn.Parameter(torch.randn(9, 2))
        axis = torch.arange(2)
        y, x = (grid.flatten() for grid in torch.meshgrid(axis, axis, indexing="ij"))
        far = (y[:, None] - y + 1) * 3 + x[:, None] - x + 1
        self.register_buffer("far", 8 - far if flipped else far)

    def forward(self, x):
        return x.unsqueeze(1) + self.table[self.far].permute(2, 0, 1)


def test_a_table_of_relative_places_in_another_order_is_found(looked_for):
    found = looked_for(lambda: Table(flipped=False), lambda: Table(flipped=True), numbers(3, 4, 4))

    assert found.state is State.PROVED, found.refused
    assert found.by_operator == {"flip": 1}
