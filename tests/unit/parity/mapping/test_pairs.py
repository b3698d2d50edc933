"""The pairs of the defect benchmark: two hands wrote each, and a third wrote down the map."""

import pytest

from benchmarks.defects.architectures import OWN
from benchmarks.defects.pair import linked
from benchmarks.defects.subjects import bundle_of
from scaffold.parity.mapping import State, find

CHEAP = ("vit", "gpt", "gru", "lstm", "swin", "detector", "encoder")


@pytest.mark.parametrize("pair", [p for p in OWN if p.name in CHEAP], ids=lambda pair: pair.name)
def test_the_map_of_a_pair_is_the_one_that_was_written_by_hand(pair, candidate):
    found = find(bundle_of(pair), candidate(pair.ours))

    assert found.state is State.PROVED, found.refused
    by_hand = {name: row.theirs for row in linked(pair).rows for name in row.ours}
    assert {n: rule.theirs for rule in found.weights for n in rule.ours} == by_hand
