"""In training mode each part is held against theirs, under the masks that theirs drew."""

import pytest

from scaffold.core.comparison import Verdict
from scaffold.parity.rungs import train

DROPPED = "    return fn.dropout(x, rate, training)"
HAND = """    if not training or not rate:
        return x
    return {}"""
FEWER = "    mask = torch.rand((len(x), 1, 1), dtype=x.dtype) < keep\n    return x * mask / keep"

WRONG = {
    "another rate": [("gelu(self.up(x)), 0.1", "gelu(self.up(x)), 0.2")],
    "dropout on the wrong tensor": [
        ("weights = dropped(weights, 0.25, self.training)\n", "weights = weights\n"),
        ("weights @ v)", "dropped(weights @ v, 0.25, self.training))"),
    ],
    "no scale": [(DROPPED, HAND.format("x * torch.empty_like(x).bernoulli_(1 - rate)"))],
    "no dropout at all": [
        ("weights = dropped(weights, 0.25, self.training)\n", "weights = weights\n")
    ],
    "depth without scale": [("return x * mask / keep", "return x * mask")],
    "depth per batch": [("(len(x), 1, 1)", "(1, 1, 1)")],
    "depth with the rate for the share kept": [("< keep\n", "< rate\n")],
    "depth missing in a branch": [
        ("x + fewer(self.down(hidden), self.rate, self.training)", "x + self.down(hidden)")
    ],
    "statistics of evaluation": [
        ("x = self.stats(self.stem(x))", "x = self.stats.eval()(self.stem(x))"),
    ],
    "momentum of another library": [("momentum=0.1", "momentum=0.9")],
    "no head in training": [("if self.training else found", "if False else found")],
}
NAMED = {
    "another rate": "layers.0",
    "dropout on the wrong tensor": "layers.0.attend",
    "no scale": "layers.0.attend",
    "no dropout at all": "layers.0.attend",
    "depth without scale": "layers.1",
    "depth per batch": "layers.1",
    "depth with the rate for the share kept": "layers.1",
    "depth missing in a branch": "layers.1",
    "statistics of evaluation": "the model",
    "momentum of another library": "stats",
    "no head in training": "side",
}
HARMLESS = {
    "nothing": [],
    "dropout by hand, small numbers kept": [
        (DROPPED, HAND.format("x * (torch.rand_like(x) < 1 - rate) / (1 - rate)"))
    ],
    "dropout by hand, large numbers kept": [
        (DROPPED, HAND.format("x * (torch.rand_like(x) >= rate) / (1 - rate)"))
    ],
    "dropout by hand, probabilities for each element": [
        (DROPPED, HAND.format("x * torch.bernoulli(torch.full_like(x, 1 - rate)) / (1 - rate)"))
    ],
    "a module": [(DROPPED, "    return nn.Dropout(rate).train(training)(x)")],
    "depth as timm had it": [
        (FEWER, "    return x / keep * (keep + torch.rand((len(x), 1, 1))).floor().to(x.dtype)")
    ],
    "depth in another shape": [
        (
            FEWER,
            "    return x * (x.new_empty(len(x)).bernoulli_(keep) / keep)[:, None, None]",
        )
    ],
}


def judged(trained_pair, *changes):
    return {row.item: row.judgement for row in train.rows(*trained_pair(*changes))}


@pytest.mark.parametrize("name", WRONG)
def test_a_mutant_is_caught_and_the_part_is_named(trained_pair, name):
    found = judged(trained_pair, *WRONG[name])

    wrong = [item for item, judgement in found.items() if not judgement.verdict.agrees]
    assert wrong
    assert wrong[0] == NAMED[name]
    assert "stem" not in wrong


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_rewrite_agrees(trained_pair, name):
    found = judged(trained_pair, *HARMLESS[name])

    assert {item: one for item, one in found.items() if not one.verdict.agrees} == {}
    assert len(found) == 19


def test_another_probability_is_different_and_both_are_said(trained_pair):
    found = judged(trained_pair, *WRONG["another rate"])["layers.0"]

    assert found.verdict is Verdict.DIFFERENT
    assert found.reason == (
        "draw 2: theirs is bernoulli(0.9) of shape [4, 16, 16], "
        "ours bernoulli(0.8) of shape [4, 16, 16]"
    )


def test_masks_that_cannot_be_paired_are_not_comparable_and_are_never_drawn_again(trained_pair):
    shape = judged(trained_pair, *WRONG["depth per batch"])["layers.1"]
    count = judged(trained_pair, *WRONG["no dropout at all"])["layers.0.attend"]

    assert shape.verdict is count.verdict is Verdict.NOT_COMPARABLE
    assert shape.reason == (
        "draw 2: theirs is bernoulli(0.7) of shape [4, 1, 1], ours uniform(0, 1) of shape [1, 1, 1]"
    )
    assert count.reason == (
        "theirs draws random numbers once, ours never; "
        "the first without a partner: bernoulli(0.75) of shape [4, 2, 16, 16]"
    )


def test_a_wrong_momentum_is_seen_in_the_buffers(trained_pair):
    found = judged(trained_pair, *WRONG["momentum of another library"])["stats"]

    assert found.verdict is Verdict.DIFFERENT
    assert found.reason.startswith("buffer running_")
