"""A few training steps show what is wrong around the model: clipping, statistics, the schedule."""

import pytest

from scaffold.core.comparison import Verdict
from scaffold.parity.rungs import steps

CLIP = "clip(list(model.parameters()))"
HARMLESS = {
    "as written": [],
    "fused": [("eps=1e-8)", "eps=1e-8, fused=True)")],
    "foreach": [("eps=1e-8)", "eps=1e-8, foreach=True)")],
    "torch's clipping": [(CLIP, "nn.utils.clip_grad_norm_(model.parameters(), 1.0)")],
    "torch's log_softmax": [("x - x.logsumexp(-1, keepdim=True)", "x.log_softmax(-1)")],
}
MUTANTS = {
    "no clipping": ([(f"        {CLIP}\n", "")], "gradient norm", "step 1"),
    "clipping by value": (
        [(CLIP, "nn.utils.clip_grad_value_(model.parameters(), 0.1)")],
        "gradient norm",
        "step 1",
    ),
    "another clip value": (
        [("norm > 1.0", "norm > 0.5"), ("mul_(1.0 /", "mul_(0.5 /")],
        "gradient norm",
        "step 1",
    ),
    "clipping each parameter": (
        [(CLIP, "[clip([p]) for p in model.parameters()]")],
        "gradient norm",
        "step 1",
    ),
    "schedule per epoch": ([("        rate.step()\n", "")], "learning rate", "step 2"),
    "schedule before the step": (
        [("        made.step()\n        rate.step()", "        rate.step()\n        made.step()")],
        "learning rate",
        "step 1",
    ),
    "gradients not cleared": ([("        made.zero_grad()\n", "")], "loss", "step 3"),
    "stop-gradient missing": ([(".square().detach()", ".square()")], "loss", "step 2"),
    "a term missing": ([("classification + z}", "classification}")], "loss", "step 1"),
    "Adam": ([("torch.optim.AdamW(", "torch.optim.Adam(")], "loss", "step 2"),
    "beta2": ([("0.999)", "0.98)")], "loss", "step 3"),
    "statistics of the batch left alone": ([("model.train()", "model.eval()")], "loss", "step 1"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_another_way_to_train_agrees(name, bundle, weights, ours, wrong):
    candidate = ours(*HARMLESS[name])

    assert wrong(steps.state_rows(bundle, candidate, weights)) == {}
    assert wrong(steps.trace_rows(bundle, candidate, weights)) == {}


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught_where_it_shows_first(name, bundle, weights, ours, wrong):
    changes, item, step = MUTANTS[name]

    found = wrong(steps.trace_rows(bundle, ours(*changes), weights))

    assert item in found
    assert found[item].probe == step


def test_the_momentum_of_batch_norm_shows_in_its_buffers_alone(bundle, weights, ours, wrong):
    candidate = ours(("momentum=0.1", "momentum=0.9"))

    assert set(wrong(steps.state_rows(bundle, candidate, weights))) == {
        "batch_norm.running_mean",
        "batch_norm.running_var",
    }
    assert wrong(steps.trace_rows(bundle, candidate, weights)) == {}


def test_the_counter_of_batch_norm_is_equal(bundle, weights, ours):
    rows = {row.item: row for row in steps.state_rows(bundle, ours(), weights)}

    assert rows["batch_norm.num_batches_tracked"].judgement.verdict is Verdict.EQUAL


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
def test_another_number_of_steps_of_the_optimiser_is_said(bundle, weights, ours, wrong):
    changed = ("        made.step()\n", "        made.step() if len(losses) % 2 else None\n")

    found = wrong(steps.trace_rows(bundle, ours(changed), weights))

    assert found["learning rate"].reason == "theirs took 5 steps of the optimiser, ours 2"
    assert found["gradient norm"].reason == "theirs has 5 steps, ours 2"


def test_training_with_dropout_is_not_comparable(bundle, weights, ours, wrong):
    changed = (
        "return self.classes(self.last(x).mean(1))",
        "return self.classes(nn.functional.dropout(self.last(x), 0.1, self.training).mean(1))",
    )
    candidate = ours(changed)

    found = wrong(steps.state_rows(bundle, candidate, weights))
    assert {judgement.verdict for judgement in found.values()} == {Verdict.NOT_COMPARABLE}
    assert {judgement.reason for judgement in found.values()} == {
        "our training step draws random numbers: build the twin without dropout"
    }
    assert set(wrong(steps.trace_rows(bundle, candidate, weights))) == {"gradient norm", "loss"}
