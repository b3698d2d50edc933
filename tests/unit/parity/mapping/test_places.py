"""Rows that differ in numbers alone become one, when exactly those are meant."""

from hypothesis import given
from hypothesis import strategies as st

from scaffold.parity.mapping.places import Row, joined
from scaffold.parity.pattern import bindings, filled


def row(theirs, ours, rest=()):
    return Row((theirs,), (ours,), rest)


def join(rows, extra=()):
    theirs = [name for one in rows for name in one.theirs]
    ours = [name for one in rows for name in one.ours]
    return joined(rows, [*theirs, *extra], ours)


def test_rows_of_every_layer_become_one():
    rows = [row(f"h.{i}.norm", f"layers.{i}.ln") for i in range(3)]

    assert join(rows) == [row("h.{i}.norm", "layers.{i}.ln")]


def test_two_numbers_get_two_places():
    rows = [row(f"s.{i}.{j}.w", f"t.{j}.u_{i}.w") for i in range(2) for j in range(3)]

    assert join(rows) == [row("s.{i}.{j}.w", "t.{j}.u_{i}.w")]


def test_a_number_that_runs_along_by_another_count_stays_apart():
    rows = [row(f"h.{i}.norm", f"layers.{i + 1}.norm") for i in range(2)]

    assert join(rows) == rows


def test_a_pattern_that_would_match_more_is_taken_apart():
    rows = [row(f"h.{i}.norm", f"layers.{i}.ln") for i in range(2)]

    assert join(rows, extra=["h.2.norm"]) == rows


def test_rows_with_other_operators_are_not_joined():
    rows = [row("h.0.w", "l.0.w", "split"), row("h.1.w", "l.1.w", "merge")]

    assert join(rows) == rows


def test_a_number_within_a_word_is_no_place():
    rows = [row(f"b.conv{i}", f"c.conv{i}") for i in range(2)]

    assert join(rows) == rows


NAME = st.tuples(st.sampled_from("ab"), st.integers(0, 2), st.sampled_from("cd"), st.integers(0, 2))


@given(st.lists(NAME, unique=True, min_size=1, max_size=12))
def test_joined_rows_stand_for_exactly_the_rows_that_went_in(names):
    rows = [row(f"{a}.{i}.{b}.{j}", f"x.{j}.{a}.y.{i}.{b}") for a, i, b, j in names]

    pairs = set()
    for one in join(rows):
        for (name,) in (r.theirs for r in rows):
            bound = bindings(one.theirs[0], name)
            if bound is not None:
                pairs.add((name, filled(one.ours[0], bound)))

    assert pairs == {(r.theirs[0], r.ours[0]) for r in rows}
