from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.report import page
from scaffold.report.page.dataflow import first_place, in_dataflow, tree

RIGHT = (0, 0, 0)
names = st.lists(st.sampled_from("abc"), min_size=1, max_size=5).map(".".join)


def test_parts_come_in_the_order_in_which_their_calls_end(draw):
    comparison = draw({"b": RIGHT, "a": RIGHT, "model": RIGHT})

    backwards = tuple(reversed(comparison.parts))

    assert in_dataflow(backwards) == [2, 1, 0]


def test_a_part_of_which_no_order_is_known_comes_last(draw):
    first, second = draw({"a": RIGHT, "b": RIGHT}).parts

    assert in_dataflow((replace(first, order=None), second)) == [1, 0]


def test_a_part_lies_in_the_innermost_part_around_it_that_has_a_row(draw):
    nodes = tree(draw({"block.0.norm": RIGHT, "block.0": RIGHT, "model": RIGHT}))

    told = [(node.label, node.parent, node.has_parts, node.ends) for node in nodes]
    assert told == [
        ("the model", None, True, 0),
        ("block.0", 0, True, 0),
        ("norm", 1, False, 2),
    ]


def test_the_full_model_follows_its_twin_in_a_tree_of_its_own(draw):
    parts = {"full/a.x": RIGHT, "a": RIGHT, "full/the model": RIGHT, "model": RIGHT}

    comparison = draw(parts)

    assert in_dataflow(comparison.parts) == [1, 3, 0, 2]
    told = [(node.label, node.parent) for node in tree(comparison)]
    assert told == [("the model", None), ("a", 0), ("full/the model", None), ("a.x", 2)]


def test_what_lies_around_the_first_divergence_is_open(draw):
    parts = {"a.x": RIGHT, "a": RIGHT, "b.x": (0, 9, 9), "b": (0, 9, 9), "model": RIGHT}

    nodes = tree(draw(parts, first="our.b.x"))

    assert {node.row.part for node in nodes if node.opened} == {"", "b", "b.x"}
    assert [node.row.part for node in nodes if node.first] == ["b.x"]


def test_glue_and_the_model_are_found_by_the_part_that_is_named(draw):
    parts = {"a": RIGHT, "model": (0, 9, 9)}

    assert first_place(draw(parts, first="glue before our.a")) == 0
    assert first_place(draw(parts, first="the model")) == 1
    assert first_place(draw(parts, first="elsewhere")) is None


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=25)
@given(st.lists(names, unique=True, max_size=12), st.booleans())
def test_any_tree_is_nested_as_its_names_are(draw, outline, parts, whole):
    comparison = draw(dict.fromkeys([*parts, *(["model"] * whole)], RIGHT))

    found = outline(page.render(comparison)).parents

    assert set(found) == {f"part-{place}" for place in range(len(comparison.parts))}
    for place, row in enumerate(comparison.parts):
        around = found[f"part-{place}"]
        if around is not None:
            outer = comparison.parts[int(around.removeprefix("part-"))].part
            assert not outer or row.part.startswith(f"{outer}.")


def test_a_tree_may_be_deeper_than_any_recursion(draw, outline):
    deep = [".".join("x" * (level + 1)) for level in range(1200)]

    assert len(outline(page.render(draw(dict.fromkeys(deep, RIGHT)))).parents) == 1200
