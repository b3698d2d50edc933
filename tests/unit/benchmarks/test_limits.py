"""The distribution behind the limit is measured on pairs that mean what they say."""

import pytest
import torch

from benchmarks.limits.forms import HARMLESS, WRONG, weights
from benchmarks.limits.measure import Setting, drawn, measured, settings
from benchmarks.limits.run import page
from scaffold.parity.judge import LIMIT

SETTING = Setting(width=16, tokens=16, seed=0, kind="normal")


def exactly(form):
    own = {name: value.double() for name, value in weights(16, 0).items()}
    x = drawn(SETTING, images=form.images).double()
    one, two = form.theirs(own, x), form.ours(own, x)
    return float((one - two).norm() / one.norm())


@pytest.mark.parametrize("form", HARMLESS, ids=lambda form: form.name)
def test_harmless_forms_agree_in_float64_and_stay_below_the_limit(form):
    assert exactly(form) < 1e-12
    assert measured(form, SETTING).greatest < LIMIT


@pytest.mark.parametrize("form", WRONG, ids=lambda form: form.name)
def test_wrong_forms_do_not_agree_in_float64(form):
    assert exactly(form) > 1e-9


def test_the_smallest_defect_that_has_to_be_seen_is_above_the_limit():
    form = next(form for form in WRONG if form.name == "LayerNorm eps 1e-5 for 1e-6")

    assert measured(form, SETTING).greatest > LIMIT


def test_inputs_are_what_they_are_called():
    by_kind = {
        one.kind: drawn(one, images=False)
        for one in settings()
        if (one.width, one.tokens, one.seed) == (64, 64, 0)
    }

    assert torch.equal(by_kind["times 20"], 20 * by_kind["normal"])
    assert by_kind["low variance"].std() < 0.02
    assert by_kind["far from zero"].mean() > 9
    assert by_kind["constant"].unique().tolist() == [pytest.approx(0.7)]


def test_the_page_counts_what_lies_over_the_limit():
    right = [measured(form, SETTING) for form in HARMLESS[:2]]
    text = page(right, [measured(form, SETTING) for form in WRONG[:1]])

    assert text.startswith("# How far rounding goes\n")
    assert "2 harmless pairs: 2 forms, widths 8 to 192, 4 to 64 tokens, 3 seeds" in text
    assert "| attention written out | 1 |" in text
    assert text.rpartition("| LayerNorm eps 1e-5 for 1e-6 | normal | 1 |")[2].count("100 %") == 1
