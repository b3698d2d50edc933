"""Loss and metric on inputs whose value is known on paper."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from digits_vit.losses.classification import classification
from digits_vit.losses.total import loss_terms
from digits_vit.losses.z import z_loss
from digits_vit.metrics.accuracy import accuracy

LOGITS = torch.tensor([[2.0, 0.0, 1.0], [0.0, 3.0, 0.0], [0.5, 0.5, 0.5]])
TARGET = torch.tensor([0, 1, 2])


def test_without_focus_and_smoothing_it_is_the_cross_entropy():
    ours = classification(LOGITS, TARGET, label_smoothing=0.0, gamma=0.0)

    torch.testing.assert_close(ours, F.cross_entropy(LOGITS, TARGET))


def test_a_sample_that_is_surely_right_counts_nothing():
    sure = torch.tensor([[200.0, 0.0, 0.0]])

    assert classification(sure, torch.tensor([0]), label_smoothing=0.1, gamma=1.0) == 0


@pytest.mark.parametrize("scale", [1.0, 20.0, 200.0])
def test_a_loss_stays_finite_on_large_logits(scale):
    terms = loss_terms(
        LOGITS * scale, TARGET.flip(0), label_smoothing=0.1, gamma=1.0, z_weight=1e-4
    )

    assert all(value.isfinite() for value in terms.values())


def test_the_z_loss_of_equal_logits_is_the_squared_log_of_their_number():
    assert z_loss(torch.zeros(2, 10)).item() == pytest.approx(math.log(10) ** 2)


def test_the_total_is_the_sum_of_the_terms_as_they_stand():
    terms = loss_terms(LOGITS, TARGET, label_smoothing=0.1, gamma=1.0, z_weight=0.5)

    assert list(terms) == ["classification", "z", "total"]
    torch.testing.assert_close(terms["total"], terms["classification"] + terms["z"])


def test_accuracy_is_the_share_of_right_answers():
    assert accuracy(LOGITS, torch.tensor([0, 1, 1])).item() == pytest.approx(2 / 3)
