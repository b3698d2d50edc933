"""A translator: a GRU reads, another writes, additive attention between them, padding hidden.

Theirs has torch's cell and loops in one forward; ours writes the cell as two linear layers.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

WORDS, WIDTH, HIDDEN = 30, 8, 12


class BahdanauAttention(nn.Module):
    """Scores from a small network."""

    def __init__(self) -> None:
        super().__init__()
        self.w_query = nn.Linear(HIDDEN, HIDDEN, bias=False)
        self.w_memory = nn.Linear(HIDDEN, HIDDEN, bias=False)
        self.v = nn.Linear(HIDDEN, 1, bias=False)

    def forward(self, query: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """Give the context of one step."""
        energy = self.v(torch.tanh(self.w_query(query).unsqueeze(1) + self.w_memory(memory)))
        energy = energy.squeeze(-1).masked_fill(~mask, float("-inf"))
        return torch.bmm(functional.softmax(energy, dim=-1).unsqueeze(1), memory).squeeze(1)


class TheirSeq2Seq(nn.Module):
    """Encoder, attention, decoder."""

    def __init__(self) -> None:
        super().__init__()
        self.src_embedding = nn.Embedding(WORDS, WIDTH)
        self.trg_embedding = nn.Embedding(WORDS, WIDTH)
        self.encoder = nn.GRU(WIDTH, HIDDEN, batch_first=True)
        self.bridge = nn.Linear(HIDDEN, HIDDEN)
        self.attention = BahdanauAttention()
        self.cell = nn.GRUCell(WIDTH + HIDDEN, HIDDEN)
        self.fc_out = nn.Linear(2 * HIDDEN + WIDTH, WORDS)

    def forward(self, src: Tensor, trg: Tensor) -> Tensor:
        """Score the next word at each place, given the words before it."""
        memory, last = self.encoder(self.src_embedding(src))
        hidden = torch.tanh(self.bridge(last[0]))
        outputs = []
        for word in self.trg_embedding(trg).unbind(1):
            context = self.attention(hidden, memory, src != 0)
            hidden = self.cell(torch.cat([word, context], dim=1), hidden)
            outputs.append(self.fc_out(torch.cat([hidden, context, word], dim=1)))
        return torch.stack(outputs, dim=1)


class Step(nn.Module):
    """One step of a GRU."""

    def __init__(self) -> None:
        super().__init__()
        self.given = nn.Linear(WIDTH + HIDDEN, 3 * HIDDEN)
        self.kept = nn.Linear(HIDDEN, 3 * HIDDEN)

    def forward(self, x: Tensor, state: Tensor) -> Tensor:
        """Reset, update, new."""
        a_reset, a_update, a_new = self.given(x).chunk(3, dim=-1)
        b_reset, b_update, b_new = self.kept(state).chunk(3, dim=-1)
        update = torch.sigmoid(a_update + b_update)
        new = torch.tanh(a_new + torch.sigmoid(a_reset + b_reset) * b_new)
        return new + update * (state - new)


class Look(nn.Module):
    """Additive attention over what was read."""

    def __init__(self) -> None:
        super().__init__()
        self.asks = nn.Linear(HIDDEN, HIDDEN, bias=False)
        self.tells = nn.Linear(HIDDEN, HIDDEN, bias=False)
        self.score = nn.Linear(HIDDEN, 1, bias=False)

    def forward(self, state: Tensor, read: Tensor, present: Tensor) -> Tensor:
        """Mix what was read where there is something to read."""
        scores = self.score(torch.tanh(self.asks(state)[:, None] + self.tells(read)))[..., 0]
        weights = scores.masked_fill(present.logical_not(), -torch.inf).softmax(-1)
        return torch.einsum("bs,bsh->bh", weights, read)


class OurTranslator(nn.Module):
    """Reads, looks, writes."""

    def __init__(self) -> None:
        super().__init__()
        self.words_in = nn.Embedding(WORDS, WIDTH)
        self.words_out = nn.Embedding(WORDS, WIDTH)
        self.reader = nn.GRU(WIDTH, HIDDEN, batch_first=True)
        self.start = nn.Linear(HIDDEN, HIDDEN)
        self.look = Look()
        self.step = Step()
        self.scores = nn.Linear(2 * HIDDEN + WIDTH, WORDS)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Score the next word at each place, given the words before it."""
        read, _ = self.reader(self.words_in(source))
        state = torch.tanh(self.start(read[:, -1]))
        words = self.words_out(target)
        found = []
        for place in range(words.shape[1]):
            seen = self.look(state, read, source > 0)
            state = self.step(torch.cat((words[:, place], seen), -1), state)
            found.append(torch.cat((state, seen, words[:, place]), -1))
        return self.scores(torch.stack(found, 1))


def batch() -> tuple[Tensor, ...]:
    """Sentences of two lengths, padded at the end, and their translations."""
    source = torch.randint(1, WORDS, (2, 6))
    source[1, 4:] = 0
    return source, torch.randint(1, WORDS, (2, 4))


def odd() -> tuple[Tensor, ...]:
    """Longer sentences."""
    return torch.randint(1, WORDS, (1, 9)), torch.randint(1, WORDS, (1, 5))


TRANSLATOR = Pair(
    name="translator",
    theirs=TheirSeq2Seq,
    ours=OurTranslator,
    batch=batch,
    odd=odd,
    parts=(
        ("src_embedding", "words_in"),
        ("trg_embedding", "words_out"),
        ("encoder", "reader"),
        ("bridge", "start"),
        ("attention", "look"),
        ("attention.w_query", "look.asks"),
        ("attention.w_memory", "look.tells"),
        ("attention.v", "look.score"),
        ("cell", "step"),
    ),
    rows=(
        Row(("cell.weight_ih",), ("step.given.weight",)),
        Row(("cell.weight_hh",), ("step.kept.weight",)),
        Row(("cell.bias_ih",), ("step.given.bias",)),
        Row(("cell.bias_hh",), ("step.kept.bias",)),
        Row(("fc_out.weight",), ("scores.weight",)),
        Row(("fc_out.bias",), ("scores.bias",)),
    ),
)
