"""Options are chosen together, the least far-fetched choice first, and never without end."""

from itertools import islice, product
from random import Random

from scaffold.parity.mapping import covers as module
from scaffold.parity.mapping.covers import covers
from scaffold.parity.mapping.options import Option
from scaffold.parity.mapping.units import Unit


def units(letter, count):
    return [Unit(f"{letter}{n}", (f"{letter}{n}.weight",), ((3, 3),)) for n in range(count)]


def table(ours, theirs, draw):
    """Every pair as an option, and a few options that cover two units at once."""
    found = {unit: [] for unit in ours}
    for one, other in product(ours, theirs):
        found[one].append(Option(draw.random(), (), frozenset({one}), frozenset({other})))
    for number, one in enumerate(ours[:-1]):
        both = frozenset({one, ours[number + 1]})
        fused = Option(draw.random(), (), both, frozenset({draw.choice(theirs)}))
        for unit in both:
            found[unit].append(fused)
    return {unit: sorted(row, key=lambda option: option.cost) for unit, row in found.items()}


def by_force(ours, found):
    """Every set of options that uses each unit once, by trying all."""
    seen = set()
    for row in product(*(found[unit] for unit in ours)):
        chosen = frozenset(row)
        if sum(len(one.ours) for one in chosen) == len(ours) and len(
            frozenset().union(*(one.theirs for one in chosen))
        ) == sum(len(one.theirs) for one in chosen):
            seen.add(chosen)
    return sorted(sum(one.cost for one in chosen) for chosen in seen)


def test_every_cover_comes_once_and_the_cheapest_first():
    ours, theirs = units("o", 3), units("t", 4)
    found = table(ours, theirs, Random(0))  # noqa: S311 - no secret

    costs = [sum(one.cost for one in cover) for cover in covers(ours, found)]

    expected = by_force(ours, found)
    assert len(costs) == len(expected) > 20
    assert all(abs(one - other) < 1e-9 for one, other in zip(costs, expected, strict=True))


def test_the_first_cover_of_many_units_is_found_at_once(monkeypatch):
    monkeypatch.setattr(module, "STEPS", 200)
    ours, theirs = units("o", 8), units("t", 24)
    found = {
        one: [
            Option(abs(mine - place) * 0.3, (), frozenset({one}), frozenset({other}))
            for place, other in enumerate(theirs)
        ]
        for mine, one in enumerate(ours)
    }

    (first,) = islice(covers(ours, found), 1)

    assert sum(one.cost for one in first) == 0.0


def test_units_that_want_the_same_few_are_given_up(monkeypatch):
    monkeypatch.setattr(module, "STEPS", 500)
    ours, theirs = units("o", 8), units("t", 7)
    found = {
        one: [Option(0.1, (), frozenset({one}), frozenset({other})) for other in theirs]
        for one in ours
    }

    assert list(covers(ours, found)) == []


def test_a_unit_without_an_option_leaves_no_cover():
    ours, theirs = units("o", 2), units("t", 2)
    found = {ours[0]: [Option(0.0, (), frozenset({ours[0]}), frozenset({theirs[0]}))], ours[1]: []}

    assert list(covers(ours, found)) == []
