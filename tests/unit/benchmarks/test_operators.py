"""Operators plant what they say, and nothing else."""

import re
import zlib

import pytest
import torch

from benchmarks.defects.architectures import OWN
from benchmarks.defects.case import VISIBLE, effect, planted, state_of, untouched
from benchmarks.defects.operators import DEFECTS

SHARE = 24
"""One in so many couples of operator and architecture is tried here; the benchmark tries all."""

SAMPLE = [
    (pair, defect)
    for pair in OWN
    for defect in DEFECTS
    if zlib.crc32(f"{pair.name}{defect.id}".encode()) % SHARE == 0
]


def test_there_are_at_least_sixty_of_different_names():
    assert len({defect.id for defect in DEFECTS}) == len(DEFECTS) >= 60


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.id)
def test_an_operator_says_what_it_does_and_which_rows_it_stands_for(defect):
    assert defect.does
    assert defect.rows
    assert all(re.fullmatch(r"D\d+", row) for row in defect.rows)


def test_what_fits_shows_most_of_the_time():
    """The rest is no case: a weight that nothing depends on, a mask where there is none."""
    first = [next(planted(pair, defect), None) for pair, defect in SAMPLE]
    shown = [effect(case)[0] > VISIBLE for case in first if case is not None]

    assert len(shown) > 20
    assert sum(shown) / len(shown) > 0.75


@pytest.mark.parametrize(
    "operator",
    [
        "norm.eps-times-10",
        "activation.relu6",
        "conv.same-padding",
        "attention.scale-missing",
        "shortcut.forgotten",
        "rope.interleaved",
        "recurrent.reset-before",
        "anchor.corner",
        "weight.transposed",
    ],
)
def test_the_known_ones_show_somewhere(operator):
    defect = next(defect for defect in DEFECTS if defect.id == operator)
    shown = (effect(case)[0] > VISIBLE for pair in OWN for case in list(planted(pair, defect))[:1])

    assert any(shown)


def test_planting_leaves_names_weights_and_classes_as_they_were():
    pair = next(pair for pair in OWN if pair.name == "vit")
    defect = next(defect for defect in DEFECTS if defect.id == "attention.scale-missing")
    case = next(planted(pair, defect))
    plain, changed = untouched(pair).loaded(state_of(pair)), case.loaded(state_of(pair))

    assert [(n, type(m).__name__) for n, m in plain.named_modules()] == [
        (n, type(m).__name__) for n, m in changed.named_modules()
    ]
    assert all(
        torch.equal(a, b) for a, b in zip(plain.parameters(), changed.parameters(), strict=True)
    )


def test_the_answer_is_a_part_that_theirs_has_too():
    for pair in OWN[:3]:
        for defect in DEFECTS:
            for case in list(planted(pair, defect))[:1]:
                known = set(case.links.parts.values())
                assert set(case.truth) & known, case.id
