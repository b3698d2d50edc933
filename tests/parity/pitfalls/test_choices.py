"""Whole numbers that come out of a choice: exact where nothing ties, lenient where scores tie."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from scaffold.core.comparison import Verdict
from scaffold.parity import judge
from scaffold.parity.margin import MOST_TURNS, chosen

TOKENS = torch.tensor([[0, 3, 5, 1], [7, 7, 2, 9]])
MANY = torch.randn(64, 8, generator=torch.Generator().manual_seed(0))


class Scores(nn.Module):
    """4096 scores; the order in which products are summed decides their last bits."""

    def __init__(self, *, turned=False):
        super().__init__()
        self.weight, self.turned = nn.Parameter(torch.randn(4096, 8)), turned

    def forward(self, x):
        if self.turned:
            return (self.weight.flip(1) @ x.flip(1).T).T
        return x @ self.weight.T


class Chosen(nn.Module):
    def __init__(self, choose, *, turned=False):
        super().__init__()
        self.scores, self.choose = Scores(turned=turned), choose

    def forward(self, x):
        return self.choose(self.scores(x))


def top(scores):
    return scores.topk(2048, -1).indices


def suppressed(scores):
    """Greedy non-maximum suppression of boxes on a line: a box falls when a better one is near."""
    scores = scores[0, :256]
    kept = []
    for box in scores.argsort(descending=True).tolist():
        if all(abs(box - other) > 3 for other in kept):
            kept.append(box)
    return torch.tensor(kept)


def test_indices_that_swap_where_scores_tie_within_rounding_agree(compared):
    found = compared(Chosen(top), Chosen(top, turned=True), MANY)

    assert found.agrees, found.first
    whole = found.parts[0].local
    assert whole.verdict is Verdict.ROUNDING
    assert "choices fall otherwise, where one rounding of the input" in whole.reason


def test_a_wrong_index_among_ties_is_caught(compared):
    """One index of 131072 is the next one: no rounding gives it."""

    def wrong(scores):
        found = top(scores).clone()
        found[-1, 100] += 1
        return found

    found = compared(Chosen(top), Chosen(wrong, turned=True), MANY)

    assert found.first.place == "the model"
    assert "values differ, and they are no real numbers" in found.parts[0].local.reason


def test_a_choice_of_another_kind_is_caught(compared):
    def best(scores):
        return scores.argmax(-1)

    def worst(scores):
        return scores.argmin(-1)

    def smallest(scores):
        return scores.topk(2048, -1, largest=False).indices

    assert compared(Chosen(best), Chosen(best, turned=True), MANY).agrees
    assert not compared(Chosen(best), Chosen(worst), MANY).agrees
    assert not compared(Chosen(top), Chosen(smallest), MANY).agrees


def test_suppression_of_all_but_the_best_is_judged_alike(compared):
    def stricter(scores):
        return suppressed(scores)[:-1]

    assert compared(Chosen(suppressed), Chosen(suppressed, turned=True), MANY).agrees
    assert not compared(Chosen(suppressed), Chosen(stricter), MANY).agrees


def test_what_is_explained_place_by_place_is_explained():
    theirs, ours = np.array([1, 2, 3, 4]), np.array([1, 3, 2, 4])
    runs = {0: np.array([1, 2, 2, 4]), 1: ours, 2: np.array([1, 9, 3, 4])}

    found = chosen(theirs, ours, runs.get)

    assert found.verdict is Verdict.ROUNDING
    assert found.reason == (
        "2 of 4 choices fall otherwise, where one rounding of the input makes ours choose the same"
    )


def test_what_moves_otherwise_than_theirs_is_not():
    asked = []

    def again(turn):
        asked.append(turn)
        return np.array([7, 8, 9, 4])

    assert chosen(np.array([1, 2, 3, 4]), np.array([1, 3, 2, 4]), again) is None
    assert len(asked) == MOST_TURNS + 1


def test_another_number_of_choices_is_explained_by_a_run_that_gives_it_all():
    theirs, ours = np.array([4, 2]), np.array([4, 2, 9])

    assert chosen(theirs, ours, {3: np.array([4, 2])}.get).verdict is Verdict.ROUNDING
    assert chosen(theirs, ours, {3: np.array([4, 1])}.get) is None


class Picked(nn.Module):
    def __init__(self, pick):
        super().__init__()
        self.embed, self.pick = nn.Embedding(11, 8), pick

    def forward(self, tokens):
        return self.pick(self.embed(tokens))


def test_gathering_indexing_and_maxima_agree_to_the_bit(compared):
    first = torch.zeros(2, 1, 8, dtype=torch.int64)
    pairs = [
        (lambda e: e.gather(1, first), lambda e: e[:, :1]),
        (lambda e: e.max(1).values, lambda e: e.amax(1)),
        (lambda e: e.flip(1), lambda e: e[:, [3, 2, 1, 0]]),
    ]

    for theirs, ours in pairs:
        found = compared(Picked(theirs), Picked(ours), TOKENS)
        assert {row.local.verdict for row in found.parts} == {Verdict.EQUAL}
        assert found.agrees
    assert not compared(Picked(pairs[0][0]), Picked(lambda e: e[:, 1:2]), TOKENS).agrees


def test_whole_numbers_agree_or_do_not():
    one = np.arange(4)

    assert judge(one, one, one).verdict is Verdict.EQUAL
    assert judge(one, one[::-1], one).reason == (
        "4 of 4 values differ, and they are no real numbers"
    )
