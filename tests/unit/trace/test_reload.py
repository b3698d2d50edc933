"""Nothing stays of the weights that a model had before."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from scaffold.trace.alone import copied
from scaffold.trace.reload import load, reload


class Keeps(nn.Module):
    """Keep twice the weight while it evaluates, as some attention of timm keeps its bias."""

    def __init__(self):
        super().__init__()
        self.weight, self.kept = nn.Parameter(torch.ones(2)), None

    def train(self, mode: bool = True):  # noqa: FBT001, FBT002 - torch's own signature
        super().train(mode)
        if mode:
            self.kept = None
        return self

    def forward(self):
        if self.kept is None:
            self.kept = 2 * self.weight.detach()
        return self.kept


def test_what_was_computed_of_older_weights_is_forgotten():
    model = Keeps().eval()
    model()

    model.load_state_dict({"weight": torch.full((2,), 3.0)})
    assert model().tolist() == [2.0, 2.0]
    reload(model, {"weight": torch.full((2,), 3.0)})
    assert model().tolist() == [6.0, 6.0]


def test_every_part_keeps_its_mode():
    model = nn.Sequential(nn.Dropout(), nn.Dropout())
    model.eval()
    model[1].train()

    reload(model, {})

    assert [one.training for one in (model, *model)] == [False, False, True]


def test_a_copy_of_a_part_holds_nothing_that_was_computed_before():
    model = Keeps().eval()
    model.kept = 5 * model.weight  # with its history, which torch does not copy

    assert copied(model, dtype=torch.float64)().tolist() == [2.0, 2.0]


class Versioned(nn.Module):
    """Refuses weights without a version, as a network of torchvision does."""

    _version = 2

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def _load_from_state_dict(self, state, prefix, local_metadata, *rest):
        if local_metadata.get("version") != 2:
            raise ValueError("another version")
        super()._load_from_state_dict(state, prefix, local_metadata, *rest)


def test_a_bare_dictionary_is_loaded_under_the_versions_of_the_model():
    model = nn.Sequential(Versioned())

    with pytest.raises(ValueError, match="another version"):
        model.load_state_dict({"0.weight": torch.zeros(1)})
    load(model, {"0.weight": torch.zeros(1)})
    assert model[0].weight.item() == 0.0
