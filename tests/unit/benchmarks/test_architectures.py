"""Architectures are pairs that mean the same."""

import pytest

from benchmarks.defects.architectures import OWN
from benchmarks.defects.case import links_of, state_of, theirs, untouched
from benchmarks.defects.difference import furthest, outputs
from benchmarks.defects.probes import probes

NOISE = 1e-8
"""Theirs may keep tables in float32 that ours computes; no formula differs by so little."""


def test_there_are_at_least_ten():
    assert len(OWN) >= 10


@pytest.mark.parametrize("pair", OWN, ids=lambda pair: pair.name)
def test_ours_means_what_theirs_means(pair):
    asked = probes(pair)
    one = outputs(theirs(pair), asked)
    two = outputs(untouched(pair).loaded(state_of(pair)), asked)

    assert not [found for found in one.values() if isinstance(found, str)]
    assert furthest(one, two)[0] < NOISE


@pytest.mark.parametrize("pair", OWN, ids=lambda pair: pair.name)
def test_every_part_of_theirs_is_mapped_or_excused(pair):
    links = links_of(pair)
    names = {name for name, _ in pair.built("theirs").named_modules()}

    assert links.parts.keys() | links.excused.keys() == names
    assert not links.parts.keys() & links.excused.keys()


def test_two_builds_are_two_models():
    pair = OWN[0]
    one, two = pair.built("ours"), pair.built("ours")

    assert one is not two
    assert next(one.parameters()).data_ptr() != next(two.parameters()).data_ptr()
