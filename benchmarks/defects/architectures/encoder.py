"""An encoder of language in the old style: post-norm, learned positions, padding mask, pooler."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

WORDS, WIDTH, HEADS, DEPTH, LENGTH = 45, 16, 4, 2, 8


class TheirLayer(nn.Module):
    """BERT's layer, with torch's own attention."""

    def __init__(self) -> None:
        super().__init__()
        self.self_attn = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.attn_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.intermediate = nn.Linear(WIDTH, 40)
        self.output = nn.Linear(40, WIDTH)
        self.out_norm = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, padding: Tensor) -> Tensor:
        """Attend and mix, with the norms after the shortcuts."""
        y, _ = self.self_attn(x, x, x, key_padding_mask=padding, need_weights=False)
        x = self.attn_norm(x + y)
        y = self.output(functional.gelu(self.intermediate(x), approximate="tanh"))
        return self.out_norm(x + y)


class TheirEncoder(nn.Module):
    """Embeddings, layers, pooler, classes."""

    def __init__(self) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(WORDS, WIDTH, padding_idx=0)
        self.position_embeddings = nn.Embedding(32, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layer = nn.ModuleList([TheirLayer() for _ in range(DEPTH)])
        self.pooler = nn.Linear(WIDTH, WIDTH)
        self.classifier = nn.Linear(WIDTH, 3)

    def forward(self, tokens: Tensor, present: Tensor) -> Tensor:
        """Classify sentences; `present` is false where there is only padding."""
        places = torch.arange(tokens.shape[1])
        x = self.word_embeddings(tokens) + self.position_embeddings(places)
        x = self.norm(x)
        for layer in self.layer:
            x = layer(x, ~present)
        return self.classifier(torch.tanh(self.pooler(x[:, 0])))


class Attend(nn.Module):
    """Attention with an additive mask, written out."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(WIDTH, WIDTH)
        self.key = nn.Linear(WIDTH, WIDTH)
        self.value = nn.Linear(WIDTH, WIDTH)
        self.dense = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """Attend; the bias is added to the scores."""
        b, n, _ = x.shape
        q = self.query(x).view(b, n, HEADS, -1).permute(0, 2, 1, 3)
        k = self.key(x).view(b, n, HEADS, -1).permute(0, 2, 1, 3)
        v = self.value(x).view(b, n, HEADS, -1).permute(0, 2, 1, 3)
        scores = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(WIDTH // HEADS)
        weights = functional.softmax(scores + bias, dim=-1)
        mixed = torch.matmul(weights, v).permute(0, 2, 1, 3)
        return self.dense(mixed.reshape(b, n, WIDTH))


class Layer(nn.Module):
    """Post-norm layer."""

    def __init__(self) -> None:
        super().__init__()
        self.attend = Attend()
        self.norm_attend = nn.LayerNorm(WIDTH, eps=1e-12)
        self.widen = nn.Linear(WIDTH, 40)
        self.act = nn.GELU(approximate="tanh")
        self.narrow = nn.Linear(40, WIDTH)
        self.norm_mix = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """Attend and mix."""
        x = self.norm_attend(x + self.attend(x, bias))
        return self.norm_mix(x + self.narrow(self.act(self.widen(x))))


class Embed(nn.Module):
    """Words and places."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH, padding_idx=0)
        self.places = nn.Embedding(32, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, tokens: Tensor) -> Tensor:
        """Embed."""
        place = torch.arange(tokens.shape[1]).expand_as(tokens)
        return self.norm(self.words(tokens) + self.places(place))


class OurEncoder(nn.Module):
    """The same encoder."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = Embed()
        self.layers = nn.ModuleList(Layer() for _ in range(DEPTH))
        self.pool = nn.Linear(WIDTH, WIDTH)
        self.classes = nn.Linear(WIDTH, 3)

    def forward(self, tokens: Tensor, present: Tensor) -> Tensor:
        """Classify sentences; `present` is false where there is only padding."""
        x = self.embed(tokens)
        bias = torch.zeros(present.shape, dtype=x.dtype).masked_fill(~present, -math.inf)
        for layer in self.layers:
            x = layer(x, bias[:, None, None, :])
        return self.classes(torch.tanh(self.pool(x[:, 0])))


def batch() -> tuple[Tensor, ...]:
    """Sentences of different lengths, padded with zeros."""
    lengths = torch.tensor([LENGTH, 5, 3])
    present = torch.arange(LENGTH) < lengths[:, None]
    return torch.randint(1, WORDS, (3, LENGTH)) * present, present


_THREE = ("query", "key", "value")

ENCODER = Pair(
    name="encoder",
    theirs=TheirEncoder,
    ours=OurEncoder,
    batch=batch,
    parts=(
        ("word_embeddings", "embed.words"),
        ("position_embeddings", "embed.places"),
        ("norm", "embed.norm"),
        ("layer.{i}", "layers.{i}"),
        ("layer.{i}.attn_norm", "layers.{i}.norm_attend"),
        ("layer.{i}.intermediate", "layers.{i}.widen"),
        ("layer.{i}.output", "layers.{i}.narrow"),
        ("layer.{i}.out_norm", "layers.{i}.norm_mix"),
        ("pooler", "pool"),
        ("classifier", "classes"),
    ),
    rows=(
        *(
            Row(
                (f"layer.{{i}}.self_attn.in_proj_{leaf}",),
                tuple(f"layers.{{i}}.attend.{name}.{leaf}" for name in _THREE),
                ({"op": "split", "axis": 0},),
            )
            for leaf in ("weight", "bias")
        ),
        *(
            Row(
                (f"layer.{{i}}.self_attn.out_proj.{leaf}",),
                (f"layers.{{i}}.attend.dense.{leaf}",),
            )
            for leaf in ("weight", "bias")
        ),
    ),
)
