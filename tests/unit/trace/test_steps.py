"""The steps driver sees what the optimiser saw, in a plain loop and under Lightning."""

import lightning
import pytest
import torch
from torch import nn
from torch.optim.optimizer import _global_optimizer_post_hooks
from torch.utils.data import DataLoader

from scaffold.trace import steps


def batches():
    return steps.batches((torch.ones(4, 2),), torch.arange(4.0), seed=0)


def plain(model, given):
    made = torch.optim.SGD(model.parameters(), lr=0.1)
    rate = torch.optim.lr_scheduler.ExponentialLR(made, 0.5)
    losses = []
    for (x,), target in given:
        made.zero_grad()
        loss = (model(x).squeeze(-1) - target).square().mean()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        made.step()
        rate.step()
        losses.append(loss.item())
    return losses


class Module(lightning.LightningModule):
    def __init__(self, model):
        super().__init__()
        self.model, self.losses = model, []

    def training_step(self, batch, _index):
        (x,), target = batch
        loss = (self.model(x).squeeze(-1) - target).square().mean()
        self.losses.append(loss.item())
        return loss

    def configure_optimizers(self):
        made = torch.optim.SGD(self.model.parameters(), lr=0.1)
        rate = torch.optim.lr_scheduler.ExponentialLR(made, 0.5)
        return [made], [{"scheduler": rate, "interval": "step"}]


def by_lightning(model, given):
    module = Module(model)
    trainer = lightning.Trainer(
        max_epochs=1,
        accelerator="cpu",
        gradient_clip_val=0.5,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, DataLoader(given, batch_size=None))
    return module.losses


def model():
    torch.manual_seed(0)
    return nn.Linear(2, 1)


def test_rates_and_norms_are_those_of_each_step():
    seen = steps.watched(plain, model(), batches())

    rates = [step["weight"] for step in seen.rates]
    assert rates == pytest.approx([0.1, 0.05, 0.025, 0.0125, 0.00625])
    assert seen.norms == pytest.approx([0.5] * 5, rel=1e-5)
    assert len(seen.losses) == steps.STEPS


@pytest.mark.filterwarnings("ignore")
def test_lightning_is_seen_as_a_plain_loop_is():
    seen, expected = model(), model()

    found = steps.watched(by_lightning, seen, batches())
    plainly = steps.watched(plain, expected, batches())

    assert found.rates == plainly.rates
    assert found.norms == pytest.approx(plainly.norms)
    assert found.losses == plainly.losses
    assert torch.equal(seen.weight, expected.weight)


def test_watching_does_not_change_the_run():
    watched, alone = model(), model()

    steps.watched(plain, watched, batches())
    plain(alone, batches())

    assert torch.equal(watched.weight, alone.weight)


def test_the_hook_is_gone_afterwards_even_when_training_fails():
    def fails(_model, _given):
        raise RuntimeError("stop")

    before = len(_global_optimizer_post_hooks)
    with pytest.raises(RuntimeError, match="stop"):
        steps.watched(fails, model(), batches())

    assert len(_global_optimizer_post_hooks) == before


def test_batches_differ_in_size_and_target():
    made = batches()

    assert [target.tolist()[0] for _, target in made] == [0.0, 3.0, 2.0, 1.0, 0.0]
    size = [float(x.square().mean().sqrt()) for (x,), _ in made]
    assert size[3] > 10 * size[0]


def test_batches_in_another_dtype_keep_their_classes():
    (inputs, target), *_ = steps.cast([((torch.ones(1),), torch.tensor([1]))], torch.float64)

    assert inputs[0].dtype == torch.float64
    assert target.dtype == torch.int64
