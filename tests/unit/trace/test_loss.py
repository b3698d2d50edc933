"""The loss driver evaluates terms and their gradients, on probes that go to the edges."""

import torch
from torch.nn import functional

from scaffold.trace import loss
from scaffold.trace.nest import outline


def terms(output, target):
    return {
        "total": functional.cross_entropy(output, target),
        "detached": output.detach().square().mean(),
    }


def case(**changes):
    given = {"name": "real", "leaves": {"": torch.randn(3, 4)}, "target": torch.tensor([0, 1, 2])}
    return loss.Case(**(given | changes))


def test_a_term_has_its_value_and_its_gradient():
    given = case()
    logits = given.leaves[""].clone().requires_grad_()
    functional.cross_entropy(logits, given.target).backward()

    found = loss.evaluated(terms, outline(logits), given, torch.float32)

    assert torch.equal(found["total"].gradients[""], logits.grad)


def test_a_detached_term_has_a_gradient_of_zeros():
    found = loss.evaluated(terms, {"is": "tensor"}, case(), torch.float32)

    assert found["detached"].gradients[""].abs().sum() == 0


def test_the_terms_are_computed_in_the_precision_asked_for():
    found = loss.evaluated(terms, {"is": "tensor"}, case(), torch.float64)

    assert found["total"].value.dtype == torch.float64
    assert found["total"].gradients[""].dtype == torch.float64


def test_the_cases_reach_the_edges():
    cases = {one.name: one for one in loss.cases({"": torch.randn(3, 4)}, torch.arange(3), seed=0)}

    assert list(cases) == [
        "real",
        "normal",
        "times-20",
        "times-100",
        "ties",
        "one-class",
        "ignored",
        "batch-1",
    ]
    assert cases["times-100"].leaves[""].abs().max() > 100
    assert cases["ties"].leaves[""].unique().tolist() == [3.0]
    assert cases["one-class"].target.tolist() == [0, 0, 0]
    assert cases["ignored"].target.tolist() == [-100, 1, 2]
    assert cases["batch-1"].leaves[""].shape == (1, 4)


def test_a_target_of_numbers_has_no_ignored_class():
    names = [one.name for one in loss.cases({"": torch.randn(3, 4)}, torch.randn(3, 4), seed=0)]

    assert "ignored" not in names


def test_an_output_that_is_no_float_stays_as_it_is():
    leaves = {"logits": torch.randn(2, 3), "length": torch.tensor([1, 2])}

    for one in loss.cases(leaves, torch.tensor([0, 1]), seed=0):
        assert one.leaves["length"].dtype == torch.int64
