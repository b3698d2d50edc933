"""Causes between queries, keys and values, through modules, functions and by hand."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

WIDTH, HEADS = 8, 2
TOKENS = [(3, 5, WIDTH)]
NAMES = ("q", "k", "v", "o")


def split(x, heads=HEADS):
    batch, tokens, width = x.shape
    return x.reshape(batch, tokens, heads, width // heads).transpose(1, 2)


def merged(x):
    batch, heads, tokens, width = x.shape
    return x.transpose(1, 2).reshape(batch, tokens, heads * width)


def attend(q, k, v, *, scale=None, mask=None, axis=-1, hide=-math.inf):
    """Attention by hand; a mask says what is hidden."""
    scores = q @ k.transpose(-2, -1) * (q.shape[-1] ** -0.5 if scale is None else scale)
    if mask is not None:
        scores = scores.masked_fill(mask, hide)
    return scores.softmax(axis) @ v


def future(diagonal=1, tokens=5):
    return torch.ones(tokens, tokens, dtype=torch.bool).triu(diagonal)


def by_hand(*, heads=HEADS, order="qkv", **settings):
    """Separate projections, attention written out."""

    def forward(s, x):
        q, k, v = (split(x @ getattr(s, name).T, heads) for name in order)
        return merged(attend(q, k, v, **settings)) @ s.o.T

    return lambda w: w(forward, **dict.fromkeys(NAMES, (WIDTH, WIDTH)))


def fused(*, heads=HEADS, change=lambda w: w, **settings):
    """One projection for three, torch's attention."""

    def forward(s, x):
        q, k, v = functional.linear(x, change(s.qkv), change(s.bias)).chunk(3, -1)
        q, k, v = split(q, heads), split(k, heads), split(v, heads)
        mixed = functional.scaled_dot_product_attention(q, k, v, **settings)
        return functional.linear(merged(mixed), s.o)

    return lambda w: w(forward, qkv=(3 * WIDTH, WIDTH), bias=(3 * WIDTH,), o=(WIDTH, WIDTH))


class Block(nn.Module):
    """Attention in modules."""

    def __init__(self, heads=HEADS, scale=None):
        super().__init__()
        self.query, self.key = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.value, self.out = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.heads, self.scale = heads, scale

    def forward(self, x):
        q, k, v = (split(layer(x), self.heads) for layer in (self.query, self.key, self.value))
        return self.out(merged(attend(q, k, v, scale=self.scale)))


class Torch(nn.Module):
    """Torch's own attention."""

    def __init__(self, heads=HEADS, mask=None):
        super().__init__()
        self.attention = nn.MultiheadAttention(WIDTH, heads, batch_first=True)
        self.mask = mask

    def forward(self, x):
        return self.attention(x, x, x, need_weights=False, attn_mask=self.mask)[0]


def thirds(w):
    q, k, v = w.chunk(3, 0)
    return torch.cat([k, q, v])


def per_head(w):
    return w.reshape(3, HEADS, -1, *w.shape[1:]).transpose(0, 1).reshape(w.shape)


def rotated(x, *, neighbours):
    """Rotary positions on halves or on neighbouring pairs."""
    width = x.shape[-1]
    angles = torch.arange(x.shape[-2])[:, None] * 10.0 ** -torch.arange(width // 2)
    if neighbours:
        angles = angles.repeat_interleave(2, -1)
        turned = torch.stack([-x[..., 1::2], x[..., ::2]], -1).flatten(-2)
    else:
        angles = torch.cat([angles, angles], -1)
        first, second = x.chunk(2, -1)
        turned = torch.cat([-second, first], -1)
    return x * angles.cos().to(x.dtype) + turned * angles.sin().to(x.dtype)


def rotary(*, neighbours):
    def forward(s, x):
        q = rotated(split(x @ s.q.T), neighbours=neighbours)
        k = rotated(split(x @ s.k.T), neighbours=neighbours)
        return merged(attend(q, k, split(x @ s.v.T)))

    return lambda w: w(forward, q=(WIDTH, WIDTH), k=(WIDTH, WIDTH), v=(WIDTH, WIDTH))


CHECKED = torch.arange(25).reshape(5, 5) % 2 == 0
CASES = {
    "scale, modules": ("scale", lambda _: Block(scale=WIDTH**-0.5), lambda _: Block(), TOKENS),
    "scale, by hand": ("scale", by_hand(scale=1.0), by_hand(), TOKENS),
    "scale, torch's attention": ("scale", fused(scale=WIDTH**-0.5), fused(), TOKENS),
    "mask-missing, by hand": ("mask-missing", by_hand(), by_hand(mask=future()), TOKENS),
    "mask-missing, none of ours": ("mask-missing", by_hand(mask=future()), by_hand(), TOKENS),
    "mask-missing, torch's attention": ("mask-missing", fused(is_causal=True), fused(), TOKENS),
    "mask-missing, torch's module": (
        "mask-missing",
        lambda _: Torch(),
        lambda _: Torch(mask=future()),
        TOKENS,
    ),
    "mask-shift, by hand": ("mask-shift", by_hand(mask=future(2)), by_hand(mask=future()), TOKENS),
    "mask-shift, torch's attention": (
        "mask-shift",
        fused(attn_mask=~future(2)),
        fused(is_causal=True),
        TOKENS,
    ),
    "mask-shift, in the part": (
        "mask-shift",
        lambda w: w(lambda s, x: x @ s.a.tril(0), a=(WIDTH, WIDTH)),
        lambda w: w(lambda s, x: x @ s.a.tril(-1), a=(WIDTH, WIDTH)),
        TOKENS,
    ),
    "mask-polarity, by hand": (
        "mask-polarity",
        by_hand(mask=future(1), hide=-5.0),
        by_hand(mask=~future(1), hide=-5.0),
        TOKENS,
    ),
    "mask-polarity, torch's attention": (
        "mask-polarity",
        fused(attn_mask=CHECKED),
        fused(attn_mask=~CHECKED),
        TOKENS,
    ),
    "mask-value, by hand": (
        "mask-value",
        by_hand(mask=future(), hide=-10.0),
        by_hand(mask=future(), hide=-1e9),
        TOKENS,
    ),
    "axis, by hand": ("axis", by_hand(axis=-2), by_hand(), TOKENS),
    "axis, module": (
        "axis",
        lambda _: nn.Sequential(nn.Linear(8, 5), nn.Softmax(1)),
        lambda _: nn.Sequential(nn.Linear(8, 5), nn.Softmax(2)),
        TOKENS,
    ),
    "qkv-order, split": ("qkv-order", fused(change=thirds), fused(), TOKENS),
    "qkv-order, per head": ("qkv-order", fused(change=per_head), fused(), TOKENS),
    "qkv-order, torch's module": (
        "qkv-order",
        lambda _: Torch(),
        lambda _: Torch(),
        TOKENS,
        {
            "carry": lambda state: {
                name: thirds(value) if "in_proj" in name else value for name, value in state.items()
            }
        },
    ),
    "exchanged, modules": (
        "exchanged",
        lambda _: Block(),
        lambda _: Block(),
        TOKENS,
        {
            "carry": lambda state: {
                name: state[
                    name.replace("query", "KEY").replace("key", "query").replace("KEY", "key")
                ]
                for name in state
            }
        },
    ),
    "exchanged, by hand": ("exchanged", by_hand(order="qvk"), by_hand(), TOKENS),
    "operand-transposed, by hand": (
        "operand-transposed",
        lambda w: w(lambda s, x: x @ (x @ s.a), a=(WIDTH, WIDTH)),
        lambda w: w(lambda s, x: x @ (x @ s.a).mT, a=(WIDTH, WIDTH)),
        [(2, WIDTH, WIDTH)],
    ),
    "operand-transposed, einsum and bmm": (
        "operand-transposed",
        lambda w: w(lambda s, x: torch.einsum("bij,bjk->bik", x, x * s.a), a=(WIDTH,)),
        lambda w: w(lambda s, x: torch.bmm(x.mT, x * s.a), a=(WIDTH,)),
        [(2, WIDTH, WIDTH)],
    ),
    "heads, modules": ("heads", lambda _: Block(heads=4), lambda _: Block(), TOKENS),
    "heads, by hand": ("heads", by_hand(heads=4), by_hand(), TOKENS),
    "rotary, by hand": ("rotary", rotary(neighbours=True), rotary(neighbours=False), TOKENS),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cause_in_attention_is_named(name, diagnose):
    expected, *case = CASES[name]

    found = diagnose(*case)

    assert [fit.hypothesis for fit in found.fits] == [expected], found.sentences
