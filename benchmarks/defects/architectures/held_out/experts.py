"""A mixture of experts: attention by torch's layer, then the best two of four experts per token.

Theirs sends tokens to experts one by one and adds the results back; ours runs all and weighs them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

WORDS, WIDTH, HEADS, EXPERTS, BEST, INNER, DEPTH, LONGEST = 40, 12, 2, 4, 2, 16, 2, 24


class Expert(nn.Module):
    """Two linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.w1 = nn.Linear(WIDTH, INNER)
        self.w2 = nn.Linear(INNER, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Widen, bend, narrow."""
        return self.w2(functional.gelu(self.w1(x)))


class SparseMoE(nn.Module):
    """A gate and its experts."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = nn.Linear(WIDTH, EXPERTS, bias=False)
        self.experts = nn.ModuleList(Expert() for _ in range(EXPERTS))

    def forward(self, x: Tensor) -> Tensor:
        """Send each token to the best."""
        flat = x.reshape(-1, WIDTH)
        weights, chosen = torch.topk(functional.softmax(self.gate(flat), dim=-1), BEST, dim=-1)
        weights = weights / weights.sum(dim=-1, keepdim=True)
        out = torch.zeros_like(flat)
        for number, expert in enumerate(self.experts):
            token, rank = torch.where(chosen == number)
            if token.numel():
                out.index_add_(0, token, expert(flat[token]) * weights[token, rank, None])
        return out.view_as(x)


class MoEBlock(nn.Module):
    """Attention and experts, norms first."""

    def __init__(self) -> None:
        super().__init__()
        self.ln1 = nn.LayerNorm(WIDTH)
        self.attn = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.ln2 = nn.LayerNorm(WIDTH)
        self.moe = SparseMoE()

    def forward(self, x: Tensor) -> Tensor:
        """Attend to the past, then think."""
        y = self.ln1(x)
        ahead = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
        x = x + self.attn(y, y, y, attn_mask=ahead, need_weights=False)[0]
        return x + self.moe(self.ln2(x))


class TheirMoE(nn.Module):
    """Words in, scores of words out."""

    def __init__(self) -> None:
        super().__init__()
        self.tok_emb = nn.Embedding(WORDS, WIDTH)
        self.pos_emb = nn.Embedding(LONGEST, WIDTH)
        self.blocks = nn.ModuleList(MoEBlock() for _ in range(DEPTH))
        self.ln_f = nn.LayerNorm(WIDTH)
        self.lm_head = nn.Linear(WIDTH, WORDS, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Predict the next word at each place."""
        x = self.tok_emb(tokens) + self.pos_emb(torch.arange(tokens.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.lm_head(self.ln_f(x))


class SelfLook(nn.Module):
    """Causal attention."""

    def __init__(self) -> None:
        super().__init__()
        self.three = nn.Linear(WIDTH, 3 * WIDTH)
        self.back = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Attend to the past."""
        q, k, v = (
            part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in self.three(x).chunk(3, -1)
        )
        y = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.back(y.transpose(1, 2).flatten(2))


class Council(nn.Module):
    """All experts in one tensor, each token weighs the best two."""

    def __init__(self) -> None:
        super().__init__()
        self.choose = nn.Linear(WIDTH, EXPERTS, bias=False)
        self.enter = nn.Parameter(torch.randn(EXPERTS * INNER, WIDTH) * 0.2)
        self.enter_shift = nn.Parameter(torch.zeros(EXPERTS * INNER))
        self.leave = nn.Parameter(torch.randn(EXPERTS * WIDTH, INNER) * 0.2)
        self.leave_shift = nn.Parameter(torch.zeros(EXPERTS * WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        """Hear all, weigh some."""
        scores = self.choose(x)
        kept, which = scores.topk(BEST, dim=-1)
        share = torch.zeros_like(scores).scatter(-1, which, kept.softmax(-1))
        inner = functional.linear(x, self.enter, self.enter_shift).unflatten(-1, (EXPERTS, INNER))
        back = torch.einsum(
            "btei,ewi->btew", functional.gelu(inner), self.leave.view(EXPERTS, WIDTH, INNER)
        )
        said = back + self.leave_shift.view(EXPERTS, WIDTH)
        return (said * share[..., None]).sum(-2)


class Floor(nn.Module):
    """Look and council."""

    def __init__(self) -> None:
        super().__init__()
        self.before_look = nn.LayerNorm(WIDTH)
        self.look = SelfLook()
        self.before_council = nn.LayerNorm(WIDTH)
        self.council = Council()

    def forward(self, x: Tensor) -> Tensor:
        """Both with their shortcuts."""
        x = x + self.look(self.before_look(x))
        return x + self.council(self.before_council(x))


class OurExperts(nn.Module):
    """The same in our words."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.places = nn.Embedding(LONGEST, WIDTH)
        self.floors = nn.Sequential(*[Floor() for _ in range(DEPTH)])
        self.roof = nn.LayerNorm(WIDTH)
        self.say = nn.Linear(WIDTH, WORDS, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Predict the next word at each place."""
        where = torch.arange(tokens.shape[-1]).expand_as(tokens)
        return self.say(self.roof(self.floors(self.words(tokens) + self.places(where))))


def batch() -> tuple[Tensor, ...]:
    """Random sentences."""
    return (torch.randint(0, WORDS, (2, 8)),)


def odd() -> tuple[Tensor, ...]:
    """Longer ones."""
    return (torch.randint(0, WORDS, (1, 13)),)


def _all(leaf: str) -> tuple[str, ...]:
    return tuple(f"blocks.{{i}}.moe.experts.{number}.{leaf}" for number in range(EXPERTS))


EXPERTS_PAIR = Pair(
    name="experts",
    theirs=TheirMoE,
    ours=OurExperts,
    batch=batch,
    odd=odd,
    parts=(
        ("tok_emb", "words"),
        ("blocks.{i}", "floors.{i}"),
        ("blocks.{i}.ln1", "floors.{i}.before_look"),
        ("blocks.{i}.ln2", "floors.{i}.before_council"),
        ("blocks.{i}.moe", "floors.{i}.council"),
        ("ln_f", "roof"),
        ("lm_head", "say"),
    ),
    rows=(
        Row(("pos_emb.weight",), ("places.weight",)),
        Row(("blocks.{i}.moe.gate.weight",), ("floors.{i}.council.choose.weight",)),
        *(
            Row(_all(theirs), (f"floors.{{i}}.council.{ours}",), ({"op": "merge", "axis": 0},))
            for theirs, ours in (
                ("w1.weight", "enter"),
                ("w1.bias", "enter_shift"),
                ("w2.weight", "leave"),
                ("w2.bias", "leave_shift"),
            )
        ),
        *(
            Row((f"blocks.{{i}}.attn.{theirs}",), (f"floors.{{i}}.look.{ours}",))
            for theirs, ours in (
                ("in_proj_weight", "three.weight"),
                ("in_proj_bias", "three.bias"),
                ("out_proj.weight", "back.weight"),
                ("out_proj.bias", "back.bias"),
            )
        ),
    ),
)
