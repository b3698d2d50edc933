"""What is held out is valid: pairs mean the same, defects show, rewrites do not."""

import re
import zlib

import pytest
import torch

from benchmarks.defects.architectures import OWN
from benchmarks.defects.architectures.held_out import SECOND_OWN
from benchmarks.defects.architectures.held_out3 import HELD_OUT_OWN
from benchmarks.defects.case import (
    HARMLESS,
    VISIBLE,
    effect,
    links_of,
    planted,
    rewrites_of,
    state_of,
    theirs,
    untouched,
)
from benchmarks.defects.cases import cases_of
from benchmarks.defects.difference import furthest, outputs, tensors
from benchmarks.defects.operators import DEFECTS
from benchmarks.defects.operators import HELD_OUT as NEW_DEFECTS
from benchmarks.defects.probes import probes, real
from benchmarks.defects.rewrites import HELD_OUT as NEW_REWRITES
from benchmarks.defects.rewrites import REWRITES

NOISE = 1e-12
"""Nothing in the second and third sets keeps a table in another precision."""

QUICK = [pair for pair in HELD_OUT_OWN if pair.name in {"nowcast", "recommender", "tagger"}]


def drawn(*names):
    return zlib.crc32("/".join(names).encode()) % 8 == 0


def test_there_are_enough_of_them():
    assert len(HELD_OUT_OWN) >= 4
    assert len(NEW_DEFECTS) >= 45
    assert len(NEW_REWRITES) >= 15


def test_their_names_are_no_names_of_the_calibrated_ones():
    defects, rewrites = [*DEFECTS, *NEW_DEFECTS], [*REWRITES, *NEW_REWRITES]

    assert len({one.id for one in defects}) == len(defects)
    assert len({one.id for one in rewrites}) == len(rewrites)
    assert not {pair.name for pair in OWN} & {pair.name for pair in HELD_OUT_OWN}


@pytest.mark.parametrize("defect", NEW_DEFECTS, ids=lambda defect: defect.id)
def test_an_operator_says_what_it_does_and_which_rows_it_stands_for(defect):
    assert defect.does
    assert defect.rows
    assert all(re.fullmatch(r"D\d+", row) for row in defect.rows)


@pytest.mark.parametrize("pair", HELD_OUT_OWN, ids=lambda pair: pair.name)
def test_ours_means_what_theirs_means_and_every_part_is_mapped_or_excused(pair):
    asked, links = probes(pair), links_of(pair)
    one = outputs(theirs(pair), asked)
    two = outputs(untouched(pair).loaded(state_of(pair)), asked)

    assert not [found for found in one.values() if isinstance(found, str)]
    assert furthest(one, two)[0] < NOISE
    assert links.parts.keys() | links.excused.keys() == {
        name for name, _ in pair.built("theirs").named_modules()
    }


@pytest.mark.parametrize("pair", SECOND_OWN + HELD_OUT_OWN, ids=lambda pair: pair.name)
def test_parts_that_are_said_to_correspond_give_the_same_for_the_same(pair):
    """Otherwise naming such a part would be no mistake of a method, but of the pair."""
    one, two = theirs(pair).double(), untouched(pair).loaded(state_of(pair)).double()
    given, links = {}, links_of(pair)

    def keep(path, args, output):
        given.setdefault(path, (copied(args), copied(output)))

    hooks = [
        part.register_forward_hook(lambda _m, args, out, path=path: keep(path, args, out))
        for path, part in one.named_modules()
    ]
    with torch.no_grad():
        one(*(x.double() if x.is_floating_point() else x for x in real(pair)))
        for theirs_part, ours_part in links.parts.items():
            if theirs_part in given:
                args, output = given[theirs_part]
                found = two.get_submodule(ours_part)(*args)
                assert furthest({"": tensors(output)}, {"": tensors(found)})[0] < NOISE, ours_part
    for hook in hooks:
        hook.remove()


def copied(value):
    """What follows may write into a tensor."""
    if isinstance(value, torch.Tensor):
        return value.clone()
    return tuple(map(copied, value)) if isinstance(value, tuple) else value


NEEDS_A_LIBRARY = {
    "activation.hardsigmoid-fifth",
    "alibi.slopes",
    "embedding.scale-lost",
    "embedding.segments-forgotten",
    "layerscale.absent",
    "layerscale.exchanged",
    "position.padding-counted",
    "rope.keys-unturned",
    "shuffle.forgotten",
}


def test_every_operator_fits_a_pair_of_the_benchmark_or_needs_a_library():
    fitting = {
        defect.id
        for pair in (*OWN, *HELD_OUT_OWN)
        for defect in NEW_DEFECTS
        if next(planted(pair, defect), None)
    }

    assert {defect.id for defect in NEW_DEFECTS} - fitting == NEEDS_A_LIBRARY


def test_what_fits_shows_most_of_the_time():
    """The rest is no case: it does not run, or nothing depends on it."""
    found = [
        case
        for pair in (*OWN[:12:4], *QUICK)
        for defect in NEW_DEFECTS
        if drawn(pair.name, defect.id)
        for case in list(planted(pair, defect))[:1]
    ]
    shown = [effect(case)[0] > VISIBLE for case in found]

    assert len(shown) > 12
    assert sum(shown) / len(shown) > 0.75


def test_rewrites_are_within_the_rounding_of_float64():
    found = [case for pair in (OWN[0], *QUICK) for case in rewrites_of(pair, NEW.__contains__)]

    assert len(found) > 20
    assert [case.id for case in found if effect(case)[0] > HARMLESS] == []


NEW = {one.id for one in NEW_REWRITES}


def test_a_case_that_does_not_run_or_does_not_show_is_no_case(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.defects.cases.BUILD", tmp_path)
    pair = next(pair for pair in HELD_OUT_OWN if pair.name == "tagger")
    cases, measured = cases_of(pair, one_in=8)

    assert {case.id for case in cases} < measured.keys() | {"tagger/nothing/model"}
    assert all(
        measured[case.id]["effect"] > VISIBLE for case in cases if str(case.kind) == "defect"
    )
    assert cases_of(pair, one_in=8)[1] == measured
    assert (tmp_path / "cases" / "tagger.json").exists()
