"""The covering array covers."""

from __future__ import annotations

from covering import all_pairs, covering_array, pairs_of
from hypothesis import given
from hypothesis import strategies as st
from rendering import combinations, questions


@given(st.lists(st.integers(min_value=1, max_value=5), min_size=2, max_size=6))
def test_every_pair_of_answers_meets_in_some_row(sizes):
    asked = {f"q{n}": [f"a{k}" for k in range(size)] for n, size in enumerate(sizes)}

    rows = covering_array(asked)

    assert set().union(*(pairs_of(row) for row in rows)) == all_pairs(asked)


@given(st.lists(st.integers(min_value=1, max_value=5), min_size=2, max_size=6))
def test_no_row_is_superfluous(sizes):
    asked = {f"q{n}": [f"a{k}" for k in range(size)] for n, size in enumerate(sizes)}

    rows = covering_array(asked)

    covered = pairs_of(rows[0])
    for row in rows[1:]:
        assert not pairs_of(row) <= covered
        covered |= pairs_of(row)


def test_a_pair_that_is_missing_would_be_noticed():
    rows = combinations()

    assert set().union(*(pairs_of(row) for row in rows[:-1])) < all_pairs(questions())


def test_the_first_row_is_the_default_answers():
    assert combinations()[0] == {question: answers[0] for question, answers in questions().items()}


def test_the_array_of_the_house_is_small(capsys):
    rows = combinations()

    with capsys.disabled():
        print(f"\ncovering array: {len(rows)} rows for {len(all_pairs(questions()))} pairs")  # noqa: T201 - asked for
    assert 16 <= len(rows) <= 24
