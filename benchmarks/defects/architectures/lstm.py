"""A tagger of sentences: embedding, two layers of LSTM over ragged lengths, the last valid step."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchmarks.defects.pair import Pair, Row

WORDS, WIDTH, HIDDEN, LENGTH = 40, 10, 12, 9


class TheirTagger(nn.Module):
    """Packs the padded batch."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(WORDS, WIDTH, padding_idx=0)
        self.rnn = nn.LSTM(WIDTH, HIDDEN, num_layers=2, batch_first=True)
        self.hidden = nn.Linear(HIDDEN, HIDDEN)
        self.act = nn.Tanh()
        self.decoder = nn.Linear(HIDDEN, 4)

    def forward(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        """Classify sentences."""
        packed = pack_padded_sequence(
            self.embedding(tokens), lengths, batch_first=True, enforce_sorted=False
        )
        out, _ = pad_packed_sequence(self.rnn(packed)[0], batch_first=True)
        last = out[torch.arange(len(out)), lengths - 1]
        return self.decoder(self.act(self.hidden(last)))


class Steps(nn.Module):
    """One layer of LSTM, written step by step; the gates lie as in torch."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.inputs = nn.Linear(width, 4 * hidden)
        self.states = nn.Linear(hidden, 4 * hidden)

    def forward(self, x: Tensor) -> Tensor:
        """Run over time; x is batch, time, width."""
        given = self.inputs(x)
        state = cell = given.new_zeros(len(x), self.states.in_features)
        found = []
        for step in range(x.shape[1]):
            gates = given[:, step] + self.states(state)
            enter, forget, new, leave = gates.chunk(4, dim=-1)
            cell = torch.sigmoid(forget) * cell + torch.sigmoid(enter) * torch.tanh(new)
            state = torch.sigmoid(leave) * torch.tanh(cell)
            found.append(state)
        return torch.stack(found, dim=1)


class OurTagger(nn.Module):
    """Runs over the padding too, and looks at the last valid step."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH, padding_idx=0)
        self.lower = Steps(WIDTH, HIDDEN)
        self.upper = Steps(HIDDEN, HIDDEN)
        self.dense = nn.Linear(HIDDEN, HIDDEN)
        self.tags = nn.Linear(HIDDEN, 4)

    def forward(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        """Classify sentences."""
        states = self.upper(self.lower(self.words(tokens)))
        index = (lengths - 1)[:, None, None].expand(-1, 1, HIDDEN)
        last = states.gather(1, index).squeeze(1)
        return self.tags(torch.tanh(self.dense(last)))


def batch() -> tuple[Tensor, ...]:
    """Sentences of different lengths, padded with zeros."""
    lengths = torch.tensor([LENGTH, 4, 6])
    tokens = torch.randint(1, WORDS, (3, LENGTH))
    tokens[torch.arange(LENGTH) >= lengths[:, None]] = 0
    return tokens, lengths


LSTM = Pair(
    name="lstm",
    theirs=TheirTagger,
    ours=OurTagger,
    batch=batch,
    parts=(("embedding", "words"), ("hidden", "dense"), ("decoder", "tags")),
    rows=tuple(
        Row((f"rnn.{leaf}_{side}_l{level}",), (f"{name}.{linear}.{leaf}",))
        for level, name in enumerate(("lower", "upper"))
        for side, linear in (("ih", "inputs"), ("hh", "states"))
        for leaf in ("weight", "bias")
    ),
)
