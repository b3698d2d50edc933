"""A vision transformer with a class token: fused qkv in theirs, three projections in ours."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

WIDTH, HEADS, DEPTH, PATCH, SIDE = 24, 3, 2, 4, 16


class TheirAttention(nn.Module):
    """One projection for queries, keys and values."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.proj = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Attend; x is batch, tokens, width."""
        b, n, c = x.shape
        qkv = self.qkv(x).reshape(b, n, 3, HEADS, c // HEADS).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        weights = ((q * (c // HEADS) ** -0.5) @ k.transpose(-2, -1)).softmax(dim=-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(b, n, c))


class TheirMlp(nn.Module):
    """Two linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(WIDTH, 2 * WIDTH)
        self.act = nn.GELU()
        self.fc2 = nn.Linear(2 * WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Widen, bend, narrow."""
        return self.fc2(self.act(self.fc1(x)))


class TheirBlock(nn.Module):
    """Pre-norm block."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-6)
        self.attn = TheirAttention()
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-6)
        self.mlp = TheirMlp()

    def forward(self, x: Tensor) -> Tensor:
        """Attend, then mix channels."""
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class TheirViT(nn.Module):
    """Patches, class token, positions, blocks, head."""

    def __init__(self) -> None:
        super().__init__()
        self.cls_token = nn.Parameter(torch.randn(1, 1, WIDTH) * 0.02)
        self.pos_embed = nn.Parameter(torch.randn(1, 1 + (SIDE // PATCH) ** 2, WIDTH) * 0.02)
        self.patch_embed = nn.Conv2d(3, WIDTH, PATCH, PATCH)
        self.blocks = nn.Sequential(*[TheirBlock() for _ in range(DEPTH)])
        self.norm = nn.LayerNorm(WIDTH, eps=1e-6)
        self.head = nn.Linear(WIDTH, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Classify images of 3 x 16 x 16."""
        x = self.patch_embed(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], dim=1) + self.pos_embed
        return self.head(self.norm(self.blocks(x))[:, 0])


class Heads(nn.Module):
    """Attention with a projection each, and torch's own kernel."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(WIDTH, WIDTH)
        self.key = nn.Linear(WIDTH, WIDTH)
        self.value = nn.Linear(WIDTH, WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)

    def split(self, x: Tensor) -> Tensor:
        """Batch, tokens, width to batch, heads, tokens, head width."""
        b, n, c = x.shape
        return x.view(b, n, HEADS, c // HEADS).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Attend."""
        q, k, v = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        mixed = functional.scaled_dot_product_attention(q, k, v)
        return self.out(mixed.transpose(1, 2).flatten(2))


class Layer(nn.Module):
    """Pre-norm block with the channel mixing written out."""

    def __init__(self) -> None:
        super().__init__()
        self.before_heads = nn.LayerNorm(WIDTH, eps=1e-6)
        self.heads = Heads()
        self.before_mix = nn.LayerNorm(WIDTH, eps=1e-6)
        self.mix = nn.Sequential(
            nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Linear(2 * WIDTH, WIDTH)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Attend, then mix channels."""
        x = x + self.heads(self.before_heads(x))
        return x + self.mix(self.before_mix(x))


class Tokens(nn.Module):
    """Patches, the class token, and where they are."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, WIDTH, PATCH, PATCH)
        self.first = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.places = nn.Parameter(torch.zeros(1, 1 + (SIDE // PATCH) ** 2, WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        """Images to tokens."""
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.first.expand(x.shape[0], -1, -1), x], dim=1)
        return x + self.places


class OurViT(nn.Module):
    """The same transformer in our words."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens = Tokens()
        self.layers = nn.ModuleList(Layer() for _ in range(DEPTH))
        self.last_norm = nn.LayerNorm(WIDTH, eps=1e-6)
        self.classes = nn.Linear(WIDTH, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Classify images of 3 x 16 x 16."""
        x = self.tokens(x)
        for layer in self.layers:
            x = layer(x)
        return self.classes(self.last_norm(x)[:, 0])


def batch() -> tuple[Tensor, ...]:
    """Images with a gradient over them."""
    slope = torch.linspace(-1, 1, SIDE)
    return (torch.randn(3, 3, SIDE, SIDE) * 0.5 + slope[:, None] - 0.5 * slope,)


_QKV = tuple(f"layers.{{i}}.heads.{name}" for name in ("query", "key", "value"))

VIT = Pair(
    name="vit",
    theirs=TheirViT,
    ours=OurViT,
    batch=batch,
    parts=(
        ("patch_embed", "tokens.patches"),
        ("blocks.{i}", "layers.{i}"),
        ("blocks.{i}.norm1", "layers.{i}.before_heads"),
        ("blocks.{i}.attn", "layers.{i}.heads"),
        ("blocks.{i}.attn.proj", "layers.{i}.heads.out"),
        ("blocks.{i}.norm2", "layers.{i}.before_mix"),
        ("blocks.{i}.mlp", "layers.{i}.mix"),
        ("blocks.{i}.mlp.fc1", "layers.{i}.mix.0"),
        ("blocks.{i}.mlp.act", "layers.{i}.mix.1"),
        ("blocks.{i}.mlp.fc2", "layers.{i}.mix.2"),
        ("norm", "last_norm"),
        ("head", "classes"),
    ),
    rows=(
        Row(("cls_token",), ("tokens.first",)),
        Row(("pos_embed",), ("tokens.places",)),
        *(
            Row(
                (f"blocks.{{i}}.attn.qkv.{leaf}",),
                tuple(f"{name}.{leaf}" for name in _QKV),
                ({"op": "split", "axis": 0},),
            )
            for leaf in ("weight", "bias")
        ),
    ),
)
