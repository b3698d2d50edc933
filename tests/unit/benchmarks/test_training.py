"""Ways to train differ, or do not, as they say."""

import re

import pytest
import torch

from benchmarks.defects.training.further import SAME, WRONG
from benchmarks.defects.training.losses import focal
from benchmarks.defects.training.recipe import CLASSES
from benchmarks.defects.training.settings import HARMLESS, LOSSES, OPTIMIZERS, SETTINGS

RIGHT_VALUE = {"loss.no-stop", "loss.term-stopped", "loss.partly-stopped"}


def evaluated(loss):
    torch.manual_seed(0)
    output = (3 * torch.randn(7, CLASSES, dtype=torch.float64)).requires_grad_()
    target = torch.tensor([0, 1, 2, 3, 4, -100, 1])
    total = loss(output, target)["total"]
    return total.detach(), torch.autograd.grad(total, output)[0]


def test_there_are_enough_of_different_names():
    assert len(OPTIMIZERS) >= 15
    assert len(LOSSES) >= 10
    assert len({setting.id for setting in SETTINGS}) == len(SETTINGS)


@pytest.mark.parametrize("setting", OPTIMIZERS + LOSSES, ids=lambda setting: setting.id)
def test_a_wrong_setting_names_its_rows(setting):
    assert setting.rows
    assert all(re.fullmatch(r"D\d+", name) for name in setting.rows)


@pytest.mark.parametrize(
    "setting",
    # The logarithm of a softmax is the same until logits are far apart.
    [setting for setting in LOSSES if setting.id != "loss.log-of-softmax"],
    ids=lambda setting: setting.id,
)
def test_a_wrong_loss_has_another_value_or_another_gradient(setting):
    value, gradient = evaluated(focal)
    other, other_gradient = evaluated(setting.ours.losses)

    assert torch.isclose(value, other, rtol=1e-9, atol=0) == (setting.id in RIGHT_VALUE)
    assert not torch.allclose(gradient, other_gradient, rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    "setting", [s for s in HARMLESS if s.id.startswith("loss")], ids=lambda setting: setting.id
)
def test_a_harmless_loss_has_the_same_value_and_gradient(setting):
    value, gradient = evaluated(focal)
    other, other_gradient = evaluated(setting.ours.losses)

    torch.testing.assert_close(other, value, rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(other_gradient, gradient, rtol=1e-10, atol=1e-14)


def test_the_further_rungs_have_wrong_and_harmless_settings_of_their_own():
    rungs = ("backward", "train", "ema", "data", "metrics")

    assert {setting.rung for setting in WRONG} == {setting.rung for setting in SAME} == set(rungs)
    assert len(WRONG) >= 40
    assert len(SAME) >= 15
    assert len({setting.id for setting in (*SETTINGS, *WRONG, *SAME)}) == len(
        (*SETTINGS, *WRONG, *SAME)
    )


@pytest.mark.parametrize("setting", [s for s in SAME if s.rung == "backward"], ids=lambda s: s.id)
def test_a_net_in_other_words_is_the_same_in_evaluation(setting):
    torch.manual_seed(0)
    theirs, ours = setting.theirs.net().eval(), setting.ours.net().eval()
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(5, 6)

    torch.testing.assert_close(ours(x), theirs(x))
