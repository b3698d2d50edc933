"""A call too much is told with the rows of the catalogue that it may be."""

import pytest
import torch
from torch.nn import functional

WEIGHTS = {"a": (8, 8)}


def attend(s, x):
    return functional.softmax(x @ s.a, dim=-1)


def act(s, x):
    return torch.relu(x @ s.a)


EXTRAS = {
    "samples exchanged": (act, lambda y: y.roll(1, 0), "no roll", "D72"),
    "features rolled": (
        lambda s, x: act(s, x).cumsum(-1),
        lambda y: y.roll(1, -1),
        "no roll",
        "D51",
    ),
    "features turned, in attention": (attend, lambda y: y.flip(-1), "no flip", "D57"),
    "an activation moved": (act, lambda y: y - y.sin()[:, :1], "no sub", "D50"),
    "attention divided": (attend, lambda y: y / y.cos()[:, :1], "no div", "D56"),
    "a residual that multiplies": (
        lambda s, x: s.a.sum() * x + 0.0,
        lambda y: y * (y + 1.0),
        "no mul",
        "D60",
    ),
    "rounded": (act, torch.round, "no round", "D40"),
}


@pytest.mark.parametrize("name", EXTRAS)
def test_what_a_call_too_much_may_be_is_told(name, diagnose):
    theirs, more, claim, row = EXTRAS[name]

    found = diagnose(
        lambda w: w(theirs, **WEIGHTS), lambda w: w(lambda s, x: more(theirs(s, x)), **WEIGHTS),
        [(6, 8)],
    )  # fmt: skip

    fits = {fit.claim.partition(",")[0]: fit.rows for fit in (*found.fits, *found.also)}
    assert claim in fits, found.sentences
    assert row == fits[claim][0]


def test_a_roll_all_the_way_round_is_no_other_amount(diagnose):
    """Two samples that are rolled by two stand where they stood: theirs rolls nothing."""
    found = diagnose(
        lambda w: w(act, **WEIGHTS), lambda w: w(lambda s, x: act(s, x).roll(1, 0), **WEIGHTS),
        [(2, 8)],
    )  # fmt: skip

    assert not any(fit.claim.startswith("shifts=") for fit in (*found.fits, *found.also))


def test_an_image_that_is_mirrored_is_told_as_that(diagnose):
    found = diagnose(
        lambda w: w(lambda s, x: (x @ s.a).cumsum(-1), **WEIGHTS),
        lambda w: w(lambda s, x: (x.flip(-1) @ s.a).cumsum(-1), **WEIGHTS),
        [(4, 8)],
    )

    rows = {fit.claim: fit.rows for fit in (*found.fits, *found.also)}
    assert rows["input flipped along axis 1"] == ("D26", "D82")


def test_a_call_too_much_that_may_be_anything_names_no_cause(diagnose):
    """What to leave out is said; which defect of the catalogue it is, is not."""
    found = diagnose(
        lambda w: w(lambda s, x: (x @ s.a).cumsum(-1), **WEIGHTS),
        lambda w: w(lambda s, x: (x @ s.a).cumsum(-1).cumsum(0), **WEIGHTS),
        [(6, 8)],
    )

    assert found.sentences[0].startswith("no cumsum reproduces it")
    assert found.fits[0].rows == ()
