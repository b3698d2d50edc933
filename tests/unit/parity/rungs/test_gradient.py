"""The gradient rung judges every parameter and input, and sees what forward values hide."""

import pytest

from scaffold.core.comparison import Verdict
from scaffold.parity.rungs import gradient

MUTANTS = {
    "eps of the norms": [("EPS = 1e-6", "EPS = 1e-5")],
    "tanh form of GELU": [
        (
            "0.5 * hidden * (1 + torch.erf(hidden / math.sqrt(2)))",
            "nn.functional.gelu(hidden, approximate='tanh')",
        )
    ],
    "residual detached": [("x = x + self.attention", "x = x.detach() + self.attention")],
    "attention weights detached": [(".softmax(-1)\n", ".softmax(-1).detach()\n")],
}


def test_ours_agrees_at_every_parameter_and_input(bundle, weights, ours, wrong):
    rows = gradient.rows(bundle, ours(), weights)

    assert wrong(rows) == {}
    assert len(rows) == 41 + 1
    assert rows[-1].item == "input 0"


def test_the_part_of_a_row_is_the_module_of_ours(bundle, weights, ours):
    rows = {row.item: row for row in gradient.rows(bundle, ours(), weights)}

    assert rows["blocks.1.attention.key.weight"].part == "blocks.1.attention.key"


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught(name, bundle, weights, ours, wrong):
    found = wrong(gradient.rows(bundle, ours(*MUTANTS[name]), weights))

    assert "patches.weight" in found
    assert "classes.bias" not in found


def test_a_frozen_parameter_is_missing(bundle, weights, ours, wrong):
    changed = ("torch.zeros(1, TOKENS, WIDTH))", "torch.zeros(1, TOKENS, WIDTH), False)")

    found = wrong(gradient.rows(bundle, ours(changed), weights))

    assert list(found) == ["places"]
    assert found["places"].verdict is Verdict.MISSING
    assert found["places"].reason == (
        "ours has no gradient here: the parameter is frozen or is a buffer"
    )


def test_a_parameter_that_theirs_has_frozen_is_named(record_in, weights, ours, wrong):
    trained = "torch.zeros(1, TOKENS, WIDTH))"
    frozen = record_in("frozen", (trained, trained.replace("))", "), False)")))

    found = wrong(gradient.rows(frozen, ours(), weights))

    assert list(found) == ["places"]
    assert found["places"].reason == ("theirs has no gradient here: the parameter is frozen there")
