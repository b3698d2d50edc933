"""A blueprint says what training changes, and what two runs do not have in common."""

import pytest

from scaffold.core.blueprint import ModeEffect
from scaffold.core.errors import ScaffoldError
from scaffold.reference.blueprint.ask import blueprint_of
from scaffold.reference.spec import parse


def test_dropout_and_batch_norm_are_named_with_their_rates(net):
    assert net.modes.effects == (
        ModeEffect(part="drop", effect="dropout", detail="p=0.1"),
        ModeEffect(part="batch", effect="batch norm", detail="momentum=0.1"),
    )
    assert net.modes.ran
    assert net.modes.values
    assert net.modes.outputs == ()
    assert net.modes.buffers == (
        "batch.running_mean",
        "batch.running_var",
        "batch.num_batches_tracked",
    )


def test_a_rate_of_zero_is_no_dropout(inspect):
    assert [one.part for one in inspect("Net", "drop=0.0").modes.effects] == ["batch"]


def test_a_buffer_that_something_else_changes_is_named(inspect):
    modes = inspect("Counts").modes

    assert modes.effects == (ModeEffect(part="", effect="other", detail="changes seen"),)
    assert not modes.values


def test_other_outputs_in_training_are_told(inspect):
    modes = inspect("Fickle").modes

    assert [(leaf.path, leaf.shape) for leaf in modes.outputs] == [("0", (2, 4)), ("1", (2, 4))]


def test_a_model_that_refuses_to_train_on_the_batch_says_why(inspect):
    found = inspect("Refuses")

    assert (found.modes.ran, found.modes.failure) == (False, "ValueError: give a target")
    assert found.determinism.training is None


def test_a_model_that_repeats_itself_is_called_so(net):
    found = net.determinism

    assert (found.build, found.evaluation, found.training) == (True, True, True)
    assert (found.parts, found.weights) == ((), ())


def test_the_part_that_draws_in_evaluation_is_named(inspect):
    found = inspect("Noisy").determinism

    assert not found.evaluation
    assert found.parts == ("", "noise")
    assert found.training


def test_weights_that_no_seed_rules_are_named(inspect):
    found = inspect("Fickle").determinism

    assert not found.build
    assert found.weights == ("salt",)


def test_the_operations_of_a_recurrent_layer_are_not_counted_and_that_is_said(inspect):
    found = inspect("python:torch.nn:LSTM", "input_size=3", "hidden_size=4")

    assert found.notes[-1] == "the operations of the model are not counted: recurrent"
    assert found.output_kind == "tuple"
    assert [leaf.path for leaf in found.outputs] == ["0", "1.0", "1.1"]


@pytest.mark.usefixtures("folder")
def test_memory_that_runs_out_is_a_failure_with_a_remedy():
    with pytest.raises(ScaffoldError) as refused:
        blueprint_of(parse("file:net.py:Grows"))

    assert str(refused.value) == (
        "file:net.py:Grows: needs more memory than there is\n  try: give it a smaller size, such "
        "as fewer layers or a smaller image: the classes and the dataflow stay the same"
    )
