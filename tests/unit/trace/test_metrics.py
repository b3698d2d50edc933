"""Predictions are made that trip metrics up, and metrics are numbers by name."""

import pytest
import torch

from scaffold.core.errors import ScaffoldError
from scaffold.trace import metrics

OUTPUT, TARGET = {"": torch.randn(6, 4)}, torch.tensor([0, 1, 2, 3, 0, 1])


def cases(output=OUTPUT, target=TARGET):
    return {case.name: case for case in metrics.cases(output, target, 0)}


def test_classes_give_every_case():
    assert list(cases()) == ["short", "ties", "single", "one-class", "right", "ignored"]


def test_numbers_as_targets_have_no_classes_to_ignore():
    assert list(cases(target=torch.randn(6))) == ["short", "ties", "single"]


def test_the_last_batch_is_shorter_and_better_than_the_others():
    *_, last = cases()["short"].batches

    assert len(last.target) == 2
    assert (last.leaves[""].argmax(-1) == last.target).all()


def test_outputs_tie_targets_are_of_one_class_and_some_are_ignored():
    found = cases()

    assert torch.equal(
        found["ties"].batches[0].leaves[""], found["ties"].batches[0].leaves[""].round()
    )
    assert len(found["one-class"].batches[0].target.unique()) == 1
    assert (found["ignored"].batches[0].target == -100).tolist() == [True, False] * 3
    assert (found["ignored"].batches[0].leaves[""][::2].argmax(-1) == 0).all()


def test_outputs_that_are_no_batch_give_no_case():
    assert cases(output={"": torch.randn(3, 4)}) == {}
    assert cases(target=torch.tensor(1)) == {}


def test_numbers_of_any_kind_become_plain_ones():
    found = metrics.checked({"right": 3, "share": torch.tensor(0.5)}, "ours.py")

    assert found == {"right": 3, "share": 0.5}
    assert isinstance(found["right"], int)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            [0.5],
            (
                "ours.py: `metrics` must give a dictionary of numbers\n"
                "  try: return {'<metric>': number, ...}"
            ),
        ),
        (
            {"each": [0.5, 0.25]},
            (
                "ours.py: the metric 'each' is a list and no number\n"
                "  try: return one number a metric; a value for each class is a metric of its own"
            ),
        ),
    ],
)
def test_what_is_no_number_is_refused(given, message):
    with pytest.raises(ScaffoldError) as error:
        metrics.checked(given, "ours.py")

    assert str(error.value) == message
