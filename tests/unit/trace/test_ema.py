"""An average follows weights that move as they are told."""

import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from scaffold.core.errors import ScaffoldError
from scaffold.trace import ema


class Plain:
    """An average of a few lines."""

    def __init__(self, model, decay=0.75):
        self.held = {name: value.clone() for name, value in model.state_dict().items()}
        self.decay = decay

    def update(self, model):
        for name, value in model.state_dict().items():
            self.held[name] = self.decay * self.held[name] + (1 - self.decay) * value

    def state_dict(self):
        return self.held


def followed(make, **settings):
    torch.manual_seed(0)
    model = nn.Linear(4, 3).double()
    start = {name: value.detach().clone() for name, value in model.state_dict().items()}
    return ema.followed(model, make, lambda step: ema.moved(start, 0, step), **settings)


def test_the_decay_of_every_step_is_measured():
    found = followed(Plain, long=True)

    assert len(found.decays) == ema.LONG
    assert found.decays == pytest.approx([0.75] * ema.LONG, abs=1e-12)
    assert list(found.kept) == [1, 12]


def test_the_class_of_torch_is_understood_with_its_first_copy():
    found = followed(lambda model: AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.9)))

    assert found.decays == pytest.approx([0.0] + [0.9] * (ema.STEPS - 1), abs=1e-12)
    assert set(found.kept[1]) == {"weight", "bias"}


def test_whole_numbers_are_counted_up_and_variances_stay_above_zero():
    start = nn.BatchNorm1d(3).state_dict()

    state = ema.moved(start, 0, 5)

    assert state["num_batches_tracked"].item() == 5
    assert (state["running_var"] >= 0).all()
    assert not torch.equal(state["weight"], start["weight"])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda _model: nn.Linear(4, 3),
            (
                "ema: a Linear has no `update(model)`\n"
                "  try: give an object with `update(model)`, called once after each step"
            ),
        ),
        (
            lambda _model: 3,
            (
                "ema: the averaged weights of a int cannot be read\n"
                "  try: give an object with `module`, or with a `state_dict` of names and tensors"
            ),
        ),
    ],
)
def test_what_is_no_average_is_refused(make, message):
    with pytest.raises(ScaffoldError) as error:
        followed(make)

    assert str(error.value) == message
