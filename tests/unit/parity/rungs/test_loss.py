"""The loss rung catches wrong values and wrong gradients, and names the term."""

import pytest

from scaffold.core.comparison import Verdict
from scaffold.parity.rungs import loss

CROSS = "nn.CrossEntropyLoss(label_smoothing=0.1, reduction='none')"
OURS = "return x - x.logsumexp(-1, keepdim=True)"
HARMLESS = {
    "as written": [],
    "torch's log_softmax": [(OURS, "return x.log_softmax(-1)")],
    "shifted by the largest": [
        (OURS, "x = x - x.amax(-1, keepdim=True).detach(); return x - x.exp().sum(-1, True).log()")
    ],
    "torch's cross_entropy": [
        (
            "each = -(truth * logs).sum(-1)",
            f"each = {CROSS}(output, target)",
        )
    ],
    "a mean as sum over count": [("(weight * each).mean()", "(weight * each).sum() / len(each)")],
}
BOTH = {"classification value", "classification gradient", "total value", "total gradient"}
MUTANTS = {
    "summed": ([("(weight * each).mean()", "(weight * each).sum()")], BOTH),
    "label smoothing missing": ([("0.1 / CLASSES", "0.0"), ("+= 0.9", "+= 1.0")], BOTH),
    "smoothing over the other classes": (
        [("0.1 / CLASSES", "0.1 / (CLASSES - 1)"), ("target] += 0.9", "target] = 0.9")],
        BOTH,
    ),
    "softmax before log_softmax": (
        [("logs = log_softmax(output)", "logs = log_softmax(output.softmax(-1))")],
        BOTH,
    ),
    "clamped logarithm": (
        [("logs = log_softmax(output)", "logs = log_softmax(output).clamp(min=-20.0)")],
        BOTH,
    ),
    "logarithm of softmax": ([(OURS, "return x.softmax(-1).log()")], BOTH),
    "stop-gradient missing": (
        [(".square().detach()", ".square()")],
        {"classification gradient", "total gradient"},
    ),
    "one detach too many": (
        [("classification + z}", "classification + z.detach()}")],
        {"total gradient"},
    ),
    "weight of a term": (
        [("1e-4 *", "2e-4 *")],
        {"z value", "z gradient", "total value", "total gradient"},
    ),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_another_way_to_write_the_loss_agrees(name, bundle, weights, ours, wrong):
    rows = loss.rows(bundle, ours(*HARMLESS[name]), weights)

    assert wrong(rows) == {}
    assert {row.item for row in rows} == BOTH | {"z value", "z gradient"}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught_and_named(name, bundle, weights, ours, wrong):
    changes, expected = MUTANTS[name]

    assert set(wrong(loss.rows(bundle, ours(*changes), weights))) == expected


def test_a_forgotten_term_is_missing(bundle, weights, ours, wrong):
    found = wrong(loss.rows(bundle, ours(('"z": z, ', "")), weights))

    assert found["z value"].verdict is Verdict.MISSING
    assert found["z value"].reason == "our loss has the terms classification, total"


def test_a_term_that_theirs_does_not_have_is_named(bundle, weights, ours, wrong):
    found = wrong(loss.rows(bundle, ours(('"z": z, ', '"z": z, "extra": z, ')), weights))

    assert list(found) == ["extra value"]
    assert found["extra value"].reason == "theirs has the terms classification, total, z"


def test_a_loss_that_fails_on_one_case_says_what_it_raised(bundle, weights, ours, wrong):
    changed = ("right = logs", "assert len(target) > 1, 'one sample'\n    right = logs")

    found = wrong(loss.rows(bundle, ours(changed), weights))

    assert set(found) == {"classification value", "z value", "total value"}
    assert found["total value"].probe == "batch-1"
    assert "ours fails where theirs does not" in found["total value"].reason
    assert "one sample" in found["total value"].reason


def test_a_logarithm_of_softmax_is_seen_on_the_largest_outputs(bundle, weights, ours, wrong):
    found = wrong(loss.rows(bundle, ours((OURS, "return x.softmax(-1).log()")), weights))

    assert found["classification value"].probe == "times-100"
    assert found["classification value"].reason == "NaN or infinity is not in the same places"
