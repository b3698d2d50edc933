from dataclasses import replace

from scaffold.core.comparison import Rung
from scaffold.core.difference import Side
from scaffold.parity import compare
from scaffold.parity.closeup import PARTS, looked_at

GELU = ("nn.GELU()", "nn.GELU('tanh')")


def looked(sides):
    return looked_at(compare(*sides, rungs=(Rung.FORWARD,)), *sides)


def test_what_agrees_is_not_run_again(sides):
    comparison = compare(*sides(), rungs=(Rung.FORWARD,))

    assert looked_at(comparison, None, None, None) is comparison


def test_the_part_that_differs_is_looked_at_first(sides):
    found = looked(sides(GELU))

    first = found.differences[0]
    row = next(row for row in found.parts if row.part == first.part)
    assert (first.part, first.ours, first.side) == ("body.1", "act", Side.ALONE)
    assert first.probe == row.local.probe
    assert first.worst[0].theirs != first.worst[0].ours


def test_a_look_measures_what_the_verdict_measured(sides):
    found = looked(sides(GELU))

    first = found.differences[0]
    row = next(row for row in found.parts if row.part == first.part)
    place = ", ".join(map(str, first.worst[0].place))
    assert row.local.worst.startswith(f"({place}): theirs ")
    assert f"{first.worst[0].ratio:.3g} at the worst element" in row.local.reason


def test_after_wrong_glue_the_input_is_looked_at(sides):
    found = looked(sides(("self.act(self.first(x))", "self.act(self.first(x)) * 2")))

    assert found.first.place == "glue before last"
    first = found.differences[0]
    assert (first.part, first.side) == ("head", Side.INPUT)
    assert abs(first.worst[0].ours - 2 * first.worst[0].theirs) < 1e-5


def test_a_part_that_raises_has_a_verdict_and_no_look(sides):
    broken = ("self.last(self.act(self.first(x)))", "self.last(self.act(self.first(x)) @ x)")

    assert {one.part for one in looked(sides(broken)).differences} <= {""}


def test_only_the_first_parts_are_looked_at(sides):
    opened = sides(GELU)
    comparison = compare(*opened, rungs=(Rung.FORWARD,))
    wrong = next(row for row in comparison.parts if row.part == "body.1")
    many = replace(comparison, parts=(wrong,) * (PARTS + 5), first=None)

    assert len(looked_at(many, *opened).differences) == PARTS


def test_each_part_says_when_it_ends_and_what_each_probe_showed(sides):
    comparison = compare(*sides(), rungs=(Rung.FORWARD,))

    order = {row.part: row.order for row in comparison.parts}
    assert order["body.0"] < order["body.1"] < order["head"] < order[""]
    for row in comparison.parts:
        assert tuple(one.probe for one in row.by_probe) == row.probes
        worst = max(one.local.ratio for one in row.by_probe)
        assert row.local.ratio == worst


def test_a_comparison_says_its_limit_and_where_it_comes_from(sides):
    comparison = compare(*sides(), rungs=(Rung.STRUCTURE,))

    facts = dict(comparison.provenance)
    assert comparison.limit == 8.0
    assert len(facts["bundle"]) == 32
    assert facts["recorded: seed"] == "0"
    assert facts["compared: versions torch"] == facts["recorded: versions torch"]
