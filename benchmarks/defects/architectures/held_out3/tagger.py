"""A tagger: letters make words by a convolution, words are read both ways, each gets its scores."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

WORDS, LETTERS, WIDTH, HIDDEN, TAGS = 30, 12, 6, 5, 4


class LSTMCell(nn.Module):
    """Two products and four gates."""

    def __init__(self) -> None:
        super().__init__()
        self.W = nn.Parameter(0.3 * torch.randn(2 * WIDTH, 4 * HIDDEN))
        self.U = nn.Parameter(0.3 * torch.randn(HIDDEN, 4 * HIDDEN))
        self.b_i = nn.Parameter(0.1 * torch.randn(4 * HIDDEN))
        self.b_h = nn.Parameter(0.1 * torch.randn(4 * HIDDEN))

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """Input, forget, new, output."""
        i, f, g, o = (x @ self.W + self.b_i + h @ self.U + self.b_h).split(HIDDEN, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class TheirTagger(nn.Module):
    """One step after the other, in both directions."""

    def __init__(self) -> None:
        super().__init__()
        self.word_emb = nn.Embedding(WORDS, WIDTH)
        self.char_emb = nn.Embedding(LETTERS, WIDTH)
        self.char_cnn = nn.Conv1d(WIDTH, WIDTH, 3, padding=1)
        self.fw = LSTMCell()
        self.bw = LSTMCell()
        self.emit = nn.Linear(2 * HIDDEN, TAGS)

    def run(self, cell: nn.Module, steps: list[Tensor]) -> list[Tensor]:
        """Give the states in the order of the steps."""
        h = c = torch.zeros(len(steps[0]), HIDDEN, dtype=steps[0].dtype)
        states = []
        for x in steps:
            h, c = cell(x, h, c)
            states.append(h)
        return states

    def forward(self, words: Tensor, letters: Tensor) -> Tensor:
        """Words are (batch, time), letters (batch, time, letters)."""
        b, t, n = letters.shape
        chars = self.char_emb(letters.view(b * t, n)).transpose(1, 2)
        chars = torch.tanh(self.char_cnn(chars)).max(dim=2).values.view(b, t, WIDTH)
        x = torch.cat([self.word_emb(words), chars], dim=2)
        steps = list(x.unbind(1))
        ahead = torch.stack(self.run(self.fw, steps), dim=1)
        back = torch.stack(self.run(self.bw, steps[::-1])[::-1], dim=1)
        return functional.log_softmax(self.emit(torch.cat([ahead, back], dim=2)), dim=2)


class Spelling(nn.Module):
    """A word from its letters."""

    def __init__(self) -> None:
        super().__init__()
        self.letters = nn.Embedding(LETTERS, WIDTH)
        self.near = nn.Conv1d(WIDTH, WIDTH, 3, padding="same")
        self.bend = nn.Tanh()

    def forward(self, letters: Tensor) -> Tensor:
        """The largest of each channel."""
        seen = self.bend(self.near(self.letters(letters.flatten(0, 1)).mT))
        return seen.amax(-1).unflatten(0, letters.shape[:2])


class OurTagger(nn.Module):
    """Torch's layer for both directions."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.spelling = Spelling()
        self.reader = nn.LSTM(2 * WIDTH, HIDDEN, batch_first=True, bidirectional=True)
        self.tags = nn.Linear(2 * HIDDEN, TAGS)

    def forward(self, words: Tensor, letters: Tensor) -> Tensor:
        """Log probabilities of each word's tags."""
        read, _ = self.reader(torch.cat((self.words(words), self.spelling(letters)), -1))
        return self.tags(read).log_softmax(-1)


def batch() -> tuple[Tensor, ...]:
    """Sentences of words of letters."""
    return torch.randint(0, WORDS, (2, 6)), torch.randint(0, LETTERS, (2, 6, 5))


def odd() -> tuple[Tensor, ...]:
    """A longer one."""
    return torch.randint(0, WORDS, (1, 9)), torch.randint(0, LETTERS, (1, 9, 4))


_TURN = ({"op": "transpose", "axes": [1, 0]},)

TAGGER = Pair(
    name="tagger",
    theirs=TheirTagger,
    ours=OurTagger,
    batch=batch,
    odd=odd,
    parts=(
        ("word_emb", "words"),
        ("char_emb", "spelling.letters"),
        ("char_cnn", "spelling.near"),
        ("emit", "tags"),
    ),
    rows=tuple(
        Row((f"{cell}.{theirs}",), (f"reader.{ours}_l0{end}",), steps)
        for cell, end in (("fw", ""), ("bw", "_reverse"))
        for theirs, ours, steps in (
            ("W", "weight_ih", _TURN),
            ("U", "weight_hh", _TURN),
            ("b_i", "bias_ih", ()),
            ("b_h", "bias_hh", ()),
        )
    ),
)
