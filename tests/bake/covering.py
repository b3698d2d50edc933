"""Choose few combinations of answers in which every pair of answers meets."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Row = dict[str, str]
Pair = frozenset[tuple[str, str]]


def pairs_of(row: Mapping[str, str]) -> set[Pair]:
    """Return every pair of answers that one combination contains."""
    return {frozenset(pair) for pair in combinations(row.items(), 2)}


def all_pairs(questions: Mapping[str, Sequence[str]]) -> set[Pair]:
    """Return every pair of answers to two different questions."""
    return {
        frozenset(((one, a), (other, b)))
        for one, other in combinations(questions, 2)
        for a, b in product(questions[one], questions[other])
    }


def covering_array(questions: Mapping[str, Sequence[str]]) -> list[Row]:
    """Return combinations that cover every pair; the first one answers every question first-listed.

    Greedy: each row starts from a pair that is still open and answers the remaining questions, in
    order, with whatever closes most open pairs. Deterministic, so a failing row keeps its number.
    """
    rows = [{question: answers[0] for question, answers in questions.items()}]
    open_pairs = all_pairs(questions) - pairs_of(rows[0])
    while open_pairs:
        row = dict(min(open_pairs, key=sorted))
        for question in _most_answers_first(questions):
            if question not in row:
                row[question] = max(
                    questions[question],
                    key=lambda answer, q=question: len(open_pairs & _new(row, q, answer)),
                )
        ordered = {question: row[question] for question in questions}
        open_pairs -= pairs_of(ordered)
        rows.append(ordered)
    return rows


def _most_answers_first(questions: Mapping[str, Sequence[str]]) -> list[str]:
    return sorted(questions, key=lambda question: -len(questions[question]))


def _new(row: Row, question: str, answer: str) -> set[Pair]:
    return {frozenset(((question, answer), other)) for other in row.items()}
