"""Groups and schedule at the places where they go wrong."""

from __future__ import annotations

import pytest
import torch
from hydra.utils import instantiate

from digits_vit.optim.schedule import factor, warmup_cosine


def test_every_parameter_is_in_one_group_and_only_matrices_decay(compose):
    cfg = compose()
    network = instantiate(cfg.model)

    decay, free = instantiate(cfg.optimizer)(network).param_groups

    name_of = {id(p): name for name, p in network.named_parameters()}
    grouped = [name_of[id(p)] for p in decay["params"] + free["params"]]
    assert sorted(grouped) == sorted(name_of.values())
    assert (decay["weight_decay"], free["weight_decay"]) == (cfg.optimizer.weight_decay, 0.0)
    assert all(p.ndim == 2 for p in decay["params"])
    assert {name_of[id(p)].split(".")[-1] for p in free["params"]} == {
        "weight",
        "bias",
        "positions",
    }


@pytest.mark.parametrize(
    ("step", "expected"), [(0, 0.1), (8, 0.9), (9, 1.0), (10, 1.0), (55, 0.5), (100, 0.0)]
)
def test_the_warm_up_is_linear_and_a_cosine_follows(step, expected):
    assert factor(step, total_steps=100, warmup_steps=10) == pytest.approx(expected)


def test_without_a_warm_up_the_first_step_has_the_full_rate():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=2.0)

    schedule = warmup_cosine(optimizer, total_steps=5, warmup_share=0.1)

    assert schedule.get_last_lr() == [2.0]
