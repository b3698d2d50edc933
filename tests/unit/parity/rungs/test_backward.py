"""What flows back is judged part by part, so that a wrong gradient is named where it is."""

import pytest
import torch

from scaffold.core.comparison import Verdict
from scaffold.parity.rungs import backward
from scaffold.trace import roles

EXTRA = """
class Straight(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return fn.gelu(x)

    @staticmethod
    def backward(ctx, slope):
        return {}
"""
GELU = "fn.gelu(self.up(x))"


def with_function(slope):
    """A function whose values are right, and whose gradient is `slope`."""
    return [
        ("\n\ndef fewer", EXTRA.format(slope) + "\n\ndef fewer"),
        (GELU, "Straight.apply(self.up(x))"),
    ]


WRONG = {
    "detach in the middle": [("(weights @ v)", "(weights.detach() @ v)")],
    "a branch detached": [("x = x + fewer(self.attend", "x = x.detach() + fewer(self.attend")],
    "a gradient of its own": with_function("slope * (ctx.saved_tensors[0] > 0)"),
    "a straight-through estimator": with_function("slope"),
    "a gradient that is scaled": [
        ("self.head(x.mean(1))", "self.head(x.mean(1) * 2 - x.mean(1).detach())")
    ],
}
NAMED = {
    "detach in the middle": "layers.1.attend",
    "a branch detached": "layers.1",
    "a gradient of its own": "layers.1",
    "a straight-through estimator": "layers.1",
    "a gradient that is scaled": "the model",
}
HARMLESS = {
    "nothing": [],
    "gelu written out": [(GELU, "(lambda y: y * 0.5 * (1 + torch.erf(y / 2**0.5)))(self.up(x))")],
    "a function of its own with the right gradient": with_function(
        "torch.func.grad(lambda y: fn.gelu(y).sum())(ctx.saved_tensors[0]) * slope"
    ),
    "attention by the library": [
        ("weights = (q @ k.mT / q.shape[-1] ** 0.5).softmax(-1)", "weights = None"),
        ("weights = dropped(weights, 0.25, self.training)\n", "\n"),
        ("(weights @ v)", "fn.scaled_dot_product_attention(q, k, v)"),
    ],
    "a sum for a mean": [("self.head(x.mean(1))", "self.head(x.sum(1) / x.shape[1])")],
}


def judged(trained_pair, *changes):
    return {row.item: row.judgement for row in backward.rows(*trained_pair(*changes))}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_gradient_is_named_at_its_part_and_not_before_it(trained_pair, name):
    found = judged(trained_pair, *WRONG[name])

    wrong = [item for item, judgement in found.items() if not judgement.verdict.agrees]
    assert wrong[0] == NAMED[name]
    assert found[NAMED[name]].verdict is Verdict.DIFFERENT
    assert found[NAMED[name]].reason.startswith("gradient at ")
    assert not {"stem", "stats", "layers.0.norm", "layers.1.norm"} & set(wrong)


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_rewrite_agrees(trained_pair, name):
    found = judged(trained_pair, *HARMLESS[name])

    assert {item: one for item, one in found.items() if not one.verdict.agrees} == {}
    assert len(found) == 18


def test_parts_come_in_the_order_in_which_the_backward_pass_is_done_with_them(trained_pair):
    order = list(judged(trained_pair))

    assert order[0] == "head"
    assert order.index("layers.1.down") < order.index("layers.1.attend") < order.index("layers.1")
    assert order[-2:] == ["stem", "the model"]


def test_a_part_that_no_gradient_reaches_is_listed_with_the_goldens(trained_bundle):
    """In evaluation the side head is not called at all, so it is not even silent."""
    assert trained_bundle.table(roles.BACKWARD) == {"probe": "real", "unreached": []}


def test_gradients_that_are_those_of_the_whole_model_are_stored_once(trained_bundle):
    """The gradients of the parts on the way are those of the whole: the same bytes."""
    own = {entry.part for entry in trained_bundle.select(role=roles.PART_GRADIENT)}

    assert not {"", "head", "blocks.1", "blocks.0.attention.qkv"} & own


def test_a_frozen_parameter_is_missing(trained_pair):
    found = judged(
        trained_pair,
        (
            "self.up = nn.Linear(width, 2 * width)",
            "self.up = nn.Linear(width, 2 * width).requires_grad_(False)",
        ),
    )

    assert found["layers.0.up"].verdict is Verdict.MISSING
    assert found["layers.0.up"].reason == (
        "gradient at layers.0.up.weight: ours has none, it is frozen or a buffer"
    )


def test_a_part_that_raises_on_the_way_back_is_different(trained_pair):
    found = judged(trained_pair, *with_function("slope[:, :1, :1]"))["layers.0"]

    assert found.verdict is Verdict.DIFFERENT
    assert found.reason.startswith("ours raises on the way back: RuntimeError: ")


def test_the_dtype_of_the_process_is_what_it_was(trained_pair):
    judged(trained_pair)

    assert torch.get_default_dtype() == torch.float32
