"""The schedule rung names the first step that differs, with both rates."""

import numpy as np
import pytest

from scaffold.core.comparison import Verdict
from scaffold.parity.rungs import schedule

OURS = "torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: factor(step, total_steps))"
CHAINED = """class Chained(torch.optim.lr_scheduler.LRScheduler):
    def __init__(self, optimizer, total):
        self.total = total
        super().__init__(optimizer)

    def get_lr(self):
        now = factor(self.last_epoch, self.total)
        last = factor(self.last_epoch - 1, self.total) if self.last_epoch else 1.0
        return [group["lr"] * now / last for group in self.optimizer.param_groups]


def schedule("""
MUTANTS = {
    "warm-up from zero": ([("(step + 1) / warm", "step / warm")], "step 0"),
    "cosine over the whole run": ([("(total - warm)", "total")], "step 41"),
    "per epoch": (
        [("    warm = total // 10", "    warm, step = total // 10, step // 22 * 22")],
        "step 1",
    ),
    "eta_min": ([("/ 2\n", "/ 2 + 1e-6\n")], "step 40"),
    "cosine one step early": ([("(step - warm)", "(step - warm + 1)")], "step 40"),
}


def test_ours_agrees_for_every_group(bundle, weights, ours):
    rows = schedule.rows(bundle, ours(), weights)

    assert [row.judgement.verdict for row in rows] == [Verdict.EQUAL, Verdict.EQUAL]


def test_a_schedule_that_computes_each_rate_from_the_last_agrees(bundle, weights, ours, wrong):
    rows = schedule.rows(
        bundle, ours((OURS, "Chained(optimizer, total_steps)"), ("def schedule(", CHAINED)), weights
    )

    assert wrong(rows) == {}
    assert [row.judgement.verdict for row in rows] == [Verdict.ROUNDING, Verdict.ROUNDING]


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught_at_its_first_step(name, bundle, weights, ours, wrong):
    changes, step = MUTANTS[name]

    found = wrong(schedule.rows(bundle, ours(*changes), weights))

    assert len(found) == 2
    assert {judgement.probe for judgement in found.values()} == {step}


def test_a_row_gives_both_rates(bundle, weights, ours, wrong):
    found = wrong(schedule.rows(bundle, ours(("(step + 1) / warm", "step / warm")), weights))

    assert found["lr of patches.weight"].worst == "theirs 7.500000000000001e-05, ours 0.0"


def test_one_group_alone_can_be_wrong(bundle, weights, ours, wrong):
    other = OURS.replace("lambda step:", "[lambda step:").replace("))", "), lambda step: 1.0])")

    found = wrong(schedule.rows(bundle, ours((OURS, other)), weights))

    assert list(found) == ["lr of places"]


def test_a_parameter_without_a_group_is_missing():
    judgement = schedule.compared(np.ones(3), None, np.arange(3))

    assert judgement.verdict is Verdict.MISSING
    assert judgement.reason == "our optimiser does not have it"


def test_a_rate_that_is_no_number_differs():
    judgement = schedule.compared(np.ones(3), np.array([1.0, np.nan, 1.0]), np.arange(3))

    assert judgement.verdict is Verdict.DIFFERENT
    assert judgement.probe == "step 1"
