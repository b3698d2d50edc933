"""A decoder of language: causal attention with rotary positions, RMSNorm, gated mlp, tied head."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

WORDS, WIDTH, HEADS, DEPTH, LENGTH, BASE = 50, 16, 2, 2, 10, 10000.0
HEAD = WIDTH // HEADS


class TheirRMSNorm(nn.Module):
    """Root mean square."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(WIDTH))
        self.variance_epsilon = 1e-5

    def forward(self, x: Tensor) -> Tensor:
        """Normalise the last axis."""
        variance = x.pow(2).mean(-1, keepdim=True)
        return self.weight * (x * torch.rsqrt(variance + self.variance_epsilon))


def rotate_half(x: Tensor) -> Tensor:
    """Turn the second half before the first."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat((-second, first), dim=-1)


class TheirAttention(nn.Module):
    """Fused projection, scores written out."""

    def __init__(self) -> None:
        super().__init__()
        self.c_attn = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.c_proj = nn.Linear(WIDTH, WIDTH, bias=False)
        rates = BASE ** (-torch.arange(0, HEAD, 2).float() / HEAD)
        angles = torch.outer(torch.arange(64).float(), torch.cat([rates, rates]))
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Attend to what came before."""
        b, t, c = x.shape
        q, k, v = (
            part.view(b, t, HEADS, HEAD).transpose(1, 2) for part in self.c_attn(x).split(c, 2)
        )
        cos, sin = self.cos[:t], self.sin[:t]
        q, k = q * cos + rotate_half(q) * sin, k * cos + rotate_half(k) * sin
        scores = q @ k.transpose(2, 3) / HEAD**0.5
        ahead = torch.ones(t, t, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(ahead, float("-inf")).softmax(-1)
        return self.c_proj((weights @ v).transpose(1, 2).reshape(b, t, c))


class TheirMLP(nn.Module):
    """Gate, up, down."""

    def __init__(self) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(WIDTH, 24, bias=False)
        self.up_proj = nn.Linear(WIDTH, 24, bias=False)
        self.down_proj = nn.Linear(24, WIDTH, bias=False)
        self.act_fn = nn.SiLU()

    def forward(self, x: Tensor) -> Tensor:
        """Gate."""
        return self.down_proj(self.act_fn(self.gate_proj(x)) * self.up_proj(x))


class TheirBlock(nn.Module):
    """Pre-norm block."""

    def __init__(self) -> None:
        super().__init__()
        self.ln_1 = TheirRMSNorm()
        self.attn = TheirAttention()
        self.ln_2 = TheirRMSNorm()
        self.mlp = TheirMLP()

    def forward(self, x: Tensor) -> Tensor:
        """Attend, then gate."""
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class TheirGPT(nn.Module):
    """Words in, scores of words out."""

    def __init__(self) -> None:
        super().__init__()
        self.wte = nn.Embedding(WORDS, WIDTH)
        self.h = nn.ModuleList([TheirBlock() for _ in range(DEPTH)])
        self.ln_f = TheirRMSNorm()

    def forward(self, tokens: Tensor) -> Tensor:
        """Predict the next word at each place."""
        x = self.wte(tokens)
        for block in self.h:
            x = block(x)
        return functional.linear(self.ln_f(x), self.wte.weight)


class Rotary(nn.Module):
    """Turn pairs of channels by an angle that grows with the place."""

    def __init__(self) -> None:
        super().__init__()
        rates = torch.exp(-torch.log(torch.tensor(BASE)) * torch.arange(HEAD // 2) / (HEAD // 2))
        self.register_buffer("rates", rates, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Turn; x is batch, heads, time, head width."""
        place = torch.arange(x.shape[-2]).to(x.dtype)
        angle = place[:, None] * self.rates.to(x.dtype)
        left, right = x.chunk(2, dim=-1)
        cos, sin = angle.cos(), angle.sin()
        return torch.cat((left * cos - right * sin, right * cos + left * sin), dim=-1)


class Causal(nn.Module):
    """Three projections and torch's kernel."""

    def __init__(self) -> None:
        super().__init__()
        self.q = nn.Linear(WIDTH, WIDTH, bias=False)
        self.k = nn.Linear(WIDTH, WIDTH, bias=False)
        self.v = nn.Linear(WIDTH, WIDTH, bias=False)
        self.turn = Rotary()
        self.o = nn.Linear(WIDTH, WIDTH, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Attend to what came before."""
        q, k, v = (
            part.unflatten(-1, (HEADS, HEAD)).transpose(1, 2)
            for part in (self.q(x), self.k(x), self.v(x))
        )
        mixed = functional.scaled_dot_product_attention(
            self.turn(q), self.turn(k), v, is_causal=True
        )
        return self.o(mixed.transpose(1, 2).flatten(2))


class Gated(nn.Module):
    """One projection for gate and value."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Linear(WIDTH, 48, bias=False)
        self.leave = nn.Linear(24, WIDTH, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Gate."""
        gate, value = self.enter(x).chunk(2, dim=-1)
        return self.leave(functional.silu(gate) * value)


class Layer(nn.Module):
    """Pre-norm block."""

    def __init__(self) -> None:
        super().__init__()
        self.norm_attention = nn.RMSNorm(WIDTH, eps=1e-5)
        self.attention = Causal()
        self.norm_gated = nn.RMSNorm(WIDTH, eps=1e-5)
        self.gated = Gated()

    def forward(self, x: Tensor) -> Tensor:
        """Attend, then gate."""
        x = x + self.attention(self.norm_attention(x))
        return x + self.gated(self.norm_gated(x))


class OurGPT(nn.Module):
    """The same decoder; the head is a layer whose weight is the embedding's."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(WORDS, WIDTH)
        self.layers = nn.Sequential(*(Layer() for _ in range(DEPTH)))
        self.norm = nn.RMSNorm(WIDTH, eps=1e-5)

    def forward(self, tokens: Tensor) -> Tensor:
        """Predict the next word at each place."""
        x = self.norm(self.layers(self.embed(tokens)))
        return x @ self.embed.weight.mT


def batch() -> tuple[Tensor, ...]:
    """Random sentences."""
    return (torch.randint(0, WORDS, (2, LENGTH)),)


def odd() -> tuple[Tensor, ...]:
    """Longer sentences."""
    return (torch.randint(0, WORDS, (3, 17)),)


GPT = Pair(
    name="gpt",
    theirs=TheirGPT,
    ours=OurGPT,
    batch=batch,
    odd=odd,
    parts=(
        ("wte", "embed"),
        ("h.{i}", "layers.{i}"),
        ("h.{i}.ln_1", "layers.{i}.norm_attention"),
        ("h.{i}.attn", "layers.{i}.attention"),
        ("h.{i}.attn.c_proj", "layers.{i}.attention.o"),
        ("h.{i}.ln_2", "layers.{i}.norm_gated"),
        ("h.{i}.mlp", "layers.{i}.gated"),
        ("h.{i}.mlp.down_proj", "layers.{i}.gated.leave"),
        ("ln_f", "norm"),
    ),
    rows=(
        Row(
            ("h.{i}.attn.c_attn.weight",),
            tuple(f"layers.{{i}}.attention.{name}.weight" for name in "qkv"),
            ({"op": "split", "axis": 0},),
        ),
        Row(
            ("h.{i}.mlp.gate_proj.weight", "h.{i}.mlp.up_proj.weight"),
            ("layers.{i}.gated.enter.weight",),
            ({"op": "merge", "axis": 0},),
        ),
    ),
)
