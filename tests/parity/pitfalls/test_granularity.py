"""The two sides cut the model into different parts, or are two models of one name."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as fn

from scaffold.core.comparison import Verdict
from scaffold.testing import compare_models

IMAGES = torch.randn(2, 3, 9, 9, generator=torch.Generator().manual_seed(0))
TOKENS = torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(0))


class NormAct(nn.BatchNorm2d):
    """As timm has it: a norm that holds its activation."""

    def __init__(self, wide):
        super().__init__(wide)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.act(super().forward(x))


class Joined(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 4, 3, bias=False), NormAct(4)
        self.conv2 = nn.Conv2d(4, 4, 3)

    def forward(self, x):
        return self.conv2(self.bn1(self.conv1(x)))


class Apart(nn.Module):
    def __init__(self, act=nn.ReLU, eps=1e-5):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4, eps=eps)
        self.relu, self.conv2 = act(), nn.Conv2d(4, 4, 3)

    def forward(self, x):
        return self.conv2(self.relu(self.bn1(self.conv1(x))))


def reason_of(found, part):
    return next(row.local.reason for row in found.parts if row.part == part)


def test_a_norm_with_its_activation_inside_stands_for_two_parts(compared):
    """One part of theirs against two of ours."""
    found = compared(Joined(), Apart(), IMAGES)

    assert found.agrees, found.first
    assert reason_of(found, "bn1") == "judged as one: bn1 and relu of ours"
    assert compared(Joined(), Apart(nn.ReLU6), IMAGES).first.place == "bn1"
    assert compared(Joined(), Apart(eps=1e-3), IMAGES).first.place == "bn1"


def test_a_wrong_eps_is_named_where_ours_holds_the_activation_in_the_norm():
    first = compare_models(Apart(eps=1e-3), Joined(), IMAGES).first

    assert first.place == "bn1"
    assert first.evidence[0].startswith("eps=0.001 reproduces it")


def test_two_parts_stand_for_a_norm_with_its_activation_inside(compared):
    """Two parts of theirs against one of ours."""
    found = compared(Apart(), Joined(), IMAGES)

    assert found.agrees, found.first
    assert reason_of(found, "bn1") == "judged as one: bn1 and relu of theirs"
    assert compared(Apart(nn.ReLU6), Joined(), IMAGES).first.place == "bn1"


class Attention(nn.Module):
    """`nn.MultiheadAttention` written out, with its names."""

    def __init__(self, *, transposed=False):
        super().__init__()
        self.in_proj_weight = nn.Parameter(torch.randn(24, 8))
        self.in_proj_bias = nn.Parameter(torch.zeros(24))
        self.out_proj, self.transposed = nn.Linear(8, 8), transposed

    def forward(self, x, *_, **__):
        fused = fn.linear(x, self.in_proj_weight, self.in_proj_bias).chunk(3, -1)
        q, k, v = (part.unflatten(-1, (2, 4)).transpose(1, 2) for part in fused)
        mixed = fn.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        if self.transposed:
            return fn.linear(mixed, self.out_proj.weight.T, self.out_proj.bias)
        return self.out_proj(mixed)


class Attending(nn.Module):
    def __init__(self, attention):
        super().__init__()
        self.attention = attention

    def forward(self, x):
        mixed = self.attention(x, x, x, need_weights=False)
        return mixed[0] if isinstance(mixed, tuple) else mixed


def test_an_attention_that_never_calls_its_output_projection_is_compared_whole(compared):
    theirs = Attending(nn.MultiheadAttention(8, 2, batch_first=True))

    found = compared(theirs, Attending(Attention()), TOKENS)

    assert found.agrees, found.first
    assert any(
        "out_proj (NonDynamicallyQuantizableLinear) is never called" in n for n in found.notes
    )
    turned = compared(theirs, Attending(Attention(transposed=True)), TOKENS)
    assert turned.first.place == "attention"


class Scaled(nn.Module):
    """ConvNeXt's block owns a parameter beside its children."""

    def __init__(self, how="times"):
        super().__init__()
        self.depthwise = nn.Conv2d(3, 3, 3, padding=1, groups=3)
        self.gamma = nn.Parameter(1e-6 * torch.ones(3))
        self.how = how

    def forward(self, x):
        y = fn.gelu(self.depthwise(x))
        if self.how == "times":
            return x + y * self.gamma[:, None, None]
        if self.how == "einsum":
            return x + torch.einsum("bchw,c->bchw", y, self.gamma)
        return x + y


def test_a_parameter_that_a_block_owns_beside_its_children_is_compared(compared):
    def model(how="times"):
        return nn.Sequential(Scaled(how), nn.Conv2d(3, 2, 1))

    assert compared(model(), model("einsum"), IMAGES).agrees

    forgotten = compared(model(), model("nothing"), IMAGES)

    assert forgotten.first.place == "0"
    assert "every part within it is right" in forgotten.first.because


def test_what_is_a_part_on_one_side_may_be_a_function_on_the_other(compared):
    class Functional(nn.Module):
        def __init__(self, slope=0.0):
            super().__init__()
            self.conv1, self.bn1 = nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4)
            self.conv2, self.slope = nn.Conv2d(4, 4, 3), slope

        def forward(self, x):
            return self.conv2(fn.leaky_relu(self.bn1(self.conv1(x)), self.slope))

    assert compared(Apart(), Functional(), IMAGES).agrees
    assert compared(Apart(), Functional(0.01), IMAGES).first.place == "glue before conv2"


class Bottleneck(nn.Module):
    """ResNet v1 strides in the first convolution, v1.5 in the second."""

    def __init__(self, first, second):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 1, stride=first, bias=False)
        self.conv2 = nn.Conv2d(4, 4, 3, stride=second, padding=1, bias=False)
        self.conv3 = nn.Conv2d(4, 6, 1, bias=False)
        self.down = nn.Conv2d(3, 6, 1, stride=2)

    def forward(self, x):
        return fn.relu(self.conv3(self.conv2(self.conv1(x)).relu()) + self.down(x))


def test_two_models_of_one_name_are_told_apart_at_the_place(compared):
    """Every weight fits and so does the output's shape."""
    assert compared(Bottleneck(2, 1), Bottleneck(2, 1), IMAGES).agrees

    found = compared(Bottleneck(2, 1), Bottleneck(1, 2), IMAGES)

    assert found.first.place == "conv1"
    first = next(row for row in found.parts if row.ours == "conv1").local
    assert first.verdict is Verdict.SHAPE
    assert first.reason == "theirs is float32[2, 4, 5, 5], ours is float32[2, 4, 9, 9]"
