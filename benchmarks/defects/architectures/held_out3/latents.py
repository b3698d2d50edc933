"""A perceiver: latents look at a set of points, then at each other, a query reads them out."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

ENTER, WIDTH, LATENTS, HEADS, WAVES, CLASSES = 3, 12, 5, 2, 3, 4
RICH = ENTER * (1 + 2 * WAVES)


def fourier(x: Tensor) -> Tensor:
    """Give sines, then cosines, then the points themselves."""
    rates = 2.0 ** torch.arange(WAVES, dtype=x.dtype) * math.pi / 4
    angles = (x[..., None] * rates).flatten(-2)
    return torch.cat([torch.sin(angles), torch.cos(angles), x], dim=-1)


class Attention(nn.Module):
    """Queries of one thing, keys and values of another."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.to_q = nn.Linear(WIDTH, WIDTH, bias=False)
        self.to_kv = nn.Linear(width, 2 * WIDTH, bias=False)
        self.to_out = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor, context: Tensor, mask: Tensor | None = None) -> Tensor:
        """Where the mask is true, something is there."""
        b, n, _ = x.shape
        q = self.to_q(x).view(b, n, HEADS, -1).transpose(1, 2)
        k, v = self.to_kv(context).chunk(2, dim=-1)
        k = k.view(b, k.shape[1], HEADS, -1).transpose(1, 2)
        v = v.view(b, v.shape[1], HEADS, -1).transpose(1, 2)
        sim = torch.matmul(q, k.transpose(-1, -2)) * (WIDTH // HEADS) ** -0.5
        if mask is not None:
            sim = sim.masked_fill(~mask[:, None, None, :], -1e9)
        out = torch.matmul(torch.softmax(sim, dim=-1), v)
        return self.to_out(out.transpose(1, 2).reshape(b, n, WIDTH))


class GEGLU(nn.Module):
    """Half is a gate."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Linear(WIDTH, 4 * WIDTH)
        self.leave = nn.Linear(2 * WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """The second half is bent."""
        x, gates = self.enter(x).chunk(2, dim=-1)
        return self.leave(x * functional.gelu(gates))


class TheirPerceiver(nn.Module):
    """Cross attention, self attention, a readout."""

    def __init__(self) -> None:
        super().__init__()
        self.latents = nn.Parameter(torch.randn(LATENTS, WIDTH))
        self.norm_x = nn.LayerNorm(WIDTH)
        self.norm_context = nn.LayerNorm(RICH)
        self.cross = Attention(RICH)
        self.norm_ff = nn.LayerNorm(WIDTH)
        self.cross_ff = GEGLU()
        self.norm_self = nn.LayerNorm(WIDTH)
        self.self_attn = Attention(WIDTH)
        self.norm_self_ff = nn.LayerNorm(WIDTH)
        self.self_ff = GEGLU()
        self.norm_out = nn.LayerNorm(WIDTH)
        self.to_logits = nn.Linear(WIDTH, CLASSES)

    def forward(self, points: Tensor, mask: Tensor) -> Tensor:
        """Classify sets of points."""
        context = self.norm_context(fourier(points))
        x = self.latents[None].repeat(len(points), 1, 1)
        x = x + self.cross(self.norm_x(x), context, mask)
        x = x + self.cross_ff(self.norm_ff(x))
        y = self.norm_self(x)
        x = x + self.self_attn(y, y)
        x = x + self.self_ff(self.norm_self_ff(x))
        return self.to_logits(self.norm_out(x.mean(dim=1)))


class Waves(nn.Module):
    """What is near looks alike, at several scales."""

    def __init__(self) -> None:
        super().__init__()
        rates = torch.pi / 4 * torch.pow(2.0, torch.arange(WAVES, dtype=torch.float64))
        self.register_buffer("pitches", rates, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Sines, cosines, points."""
        angles = (x.unsqueeze(-1) * self.pitches.to(x.dtype)).reshape(*x.shape[:-1], -1)
        return torch.cat((angles.sin(), angles.cos(), x), -1)


class Read(nn.Module):
    """Attention by torch's kernel."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.asks = nn.Linear(WIDTH, WIDTH, bias=False)
        self.keys = nn.Linear(width, WIDTH, bias=False)
        self.values = nn.Linear(width, WIDTH, bias=False)
        self.tells = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor, book: Tensor, there: Tensor | None = None) -> Tensor:
        """True is what may be read."""
        q, k, v = (
            part(value).unflatten(-1, (HEADS, -1)).transpose(1, 2)
            for part, value in ((self.asks, x), (self.keys, book), (self.values, book))
        )
        seen = None if there is None else there[:, None, None].expand(-1, -1, x.shape[1], -1)
        mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=seen)
        return self.tells(mixed.transpose(1, 2).flatten(2))


class Think(nn.Module):
    """Norm, value and gate, back."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH)
        self.value = nn.Linear(WIDTH, 2 * WIDTH)
        self.gate = nn.Linear(WIDTH, 2 * WIDTH)
        self.back = nn.Linear(2 * WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """With its shortcut."""
        y = self.norm(x)
        return self.back(self.value(y) * functional.gelu(self.gate(y))) + x


class OurLatents(nn.Module):
    """Read, think, talk, think, say."""

    def __init__(self) -> None:
        super().__init__()
        self.seeds = nn.Parameter(torch.zeros(LATENTS, WIDTH))
        self.waves = Waves()
        self.tidy = nn.LayerNorm(RICH)
        self.before = nn.LayerNorm(WIDTH)
        self.read = Read(RICH)
        self.think = Think()
        self.still = nn.LayerNorm(WIDTH)
        self.talk = Read(WIDTH)
        self.think_again = Think()
        self.end = nn.LayerNorm(WIDTH)
        self.say = nn.Linear(WIDTH, CLASSES)

    def forward(self, points: Tensor, there: Tensor) -> Tensor:
        """Classify sets of points."""
        book = self.tidy(self.waves(points))
        x = self.seeds.expand(points.shape[0], -1, -1)
        x = self.think(x + self.read(self.before(x), book, there))
        y = self.still(x)
        x = self.think_again(x + self.talk(y, y))
        return self.say(self.end(torch.mean(x, 1)))


def batch() -> tuple[Tensor, ...]:
    """Sets of points of two sizes."""
    there = torch.arange(9) < torch.tensor([[9], [6]])
    return torch.randn(2, 9, ENTER) + 0.4, there


def odd() -> tuple[Tensor, ...]:
    """A larger set."""
    return torch.randn(1, 14, ENTER), torch.ones(1, 14, dtype=torch.bool)


_SPLIT = ({"op": "split", "axis": 0},)
_FF = (("cross_ff", "norm_ff", "think"), ("self_ff", "norm_self_ff", "think_again"))
_LOOK = (("cross", "read"), ("self_attn", "talk"))

LATENTS_PAIR = Pair(
    name="latents",
    theirs=TheirPerceiver,
    ours=OurLatents,
    batch=batch,
    odd=odd,
    parts=(
        ("norm_x", "before"),
        ("norm_context", "tidy"),
        ("norm_self", "still"),
        ("norm_out", "end"),
        ("to_logits", "say"),
        *_LOOK,
        *(
            (f"{a}.{c}", f"{b}.{d}")
            for a, b in _LOOK
            for c, d in (("to_q", "asks"), ("to_out", "tells"))
        ),
        *((norm, f"{ours}.norm") for _, norm, ours in _FF),
        *((f"{a}.leave", f"{b}.back") for a, _, b in _FF),
    ),
    rows=(
        Row(("latents",), ("seeds",)),
        *(
            Row((f"{a}.to_kv.weight",), (f"{b}.keys.weight", f"{b}.values.weight"), _SPLIT)
            for a, b in _LOOK
        ),
        *(
            Row((f"{a}.enter.{leaf}",), (f"{b}.value.{leaf}", f"{b}.gate.{leaf}"), _SPLIT)
            for a, _, b in _FF
            for leaf in ("weight", "bias")
        ),
    ),
)
