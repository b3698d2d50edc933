"""Every weight is moved by a part of its own scale, the same way each time."""

from __future__ import annotations

import torch
from torch import nn

from scaffold.reference.perturb import every_part_alive, perturbed, still_parts
from scaffold.trace.forward import traced


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    state = nn.Linear(8, 8).state_dict()

    one, same, other = (perturbed(state, seed=seed) for seed in (0, 0, 1))

    assert torch.equal(one["weight"], same["weight"])
    assert not torch.equal(one["weight"], other["weight"])


def test_the_jitter_is_relative_to_the_scale_of_the_tensor():
    state = {"small": torch.full((64, 64), 1e-4), "large": torch.full((64, 64), 1e4)}

    moved = perturbed(state, seed=0)

    for name, value in state.items():
        relative = float((moved[name] - value).std() / value.mean())
        assert 0.18 < relative < 0.22


def test_zeros_and_ones_do_not_stay_constant():
    moved = perturbed(nn.LayerNorm(64).state_dict(), seed=0)

    assert 0.05 < float(moved["bias"].std()) < 0.2
    assert 0.1 < float(moved["weight"].std()) < 0.3


def test_variances_stay_positive():
    moved = perturbed(nn.BatchNorm1d(256).state_dict(), seed=0)

    assert float(moved["running_var"].min()) > 0
    assert float(moved["running_var"].std()) > 0.1
    assert float(moved["running_mean"].std()) > 0.05


def test_some_channels_are_quiet_and_give_what_they_gave():
    plain = nn.BatchNorm2d(8).eval().state_dict()
    moved = perturbed(plain, seed=0)
    apart = perturbed({"a.running_var": plain["running_var"]}, seed=0)

    quiet = moved["running_var"] < 0.01
    assert quiet.tolist() == [False, True, False, False, False, True, False, False]
    factor = moved["weight"] / moved["running_var"].sqrt()
    assert bool(((factor > 0.3) & (factor < 3.0)).all())
    assert float(apart["a.running_var"].min()) > 0.1


def test_an_eps_of_a_batch_normalisation_shows_in_a_quiet_channel():
    norms = [nn.BatchNorm2d(8, eps=eps).eval() for eps in (1e-5, 1.1e-5)]
    state = perturbed(norms[0].state_dict(), seed=0)
    x = torch.randn(2, 8, 4, 4, dtype=torch.float64)

    ours, theirs = (n.double() for n in norms)
    ours.load_state_dict(state)
    theirs.load_state_dict(state)

    gap = (ours(x) - theirs(x)).norm() / ours(x).norm()
    assert float(gap.detach()) > 1e-5


def test_counts_masks_and_infinities_are_left_alone():
    state = {
        "count": torch.tensor(3),
        "mask": torch.ones(3, 3).tril(),
        "bias": torch.zeros(3, 3).masked_fill(torch.ones(3, 3).triu(1).bool(), -torch.inf),
    }

    moved = perturbed(state, seed=0)

    assert all(torch.equal(moved[name], value) for name, value in state.items())


def test_tied_tensors_stay_tied():
    table = torch.randn(4, 4)

    moved = perturbed({"embed": table, "head": table, "other": table.clone()}, seed=0)

    assert torch.equal(moved["embed"], moved["head"])
    assert not torch.equal(moved["embed"], moved["other"])


def test_the_original_is_not_touched():
    state = {"weight": torch.zeros(4)}

    perturbed(state, seed=0)

    assert not state["weight"].any()


def test_a_dead_part_is_named():
    model = nn.Sequential(nn.Linear(2, 2), nn.Threshold(1e9, 0.0)).eval()
    trace = traced(model, [torch.randn(3, 2)])

    assert every_part_alive([trace]) == (
        "the output of 1 (Threshold) is the same number everywhere"
    )


def test_one_number_beside_a_live_output_is_no_dead_part():
    class Beside(nn.Module):
        def forward(self, x):
            return x, torch.zeros(2, 2), torch.tensor(3)

    trace = traced(Beside().eval(), [torch.randn(3, 2)])
    dead = traced(Beside().eval(), [torch.zeros(3, 2)])

    assert every_part_alive([trace]) == ""
    assert every_part_alive([dead]) == (
        "the output of the model (Beside) is the same number everywhere"
    )


def test_a_part_that_is_not_finite_is_named():
    class Explode(nn.Module):
        def forward(self, x):
            return (x * 1e30) * 1e30

    trace = traced(Explode().eval(), [torch.ones(2)])

    assert every_part_alive([trace]) == "the output of the model (Explode) is not finite"
    assert every_part_alive([]) == ""


def test_what_is_not_finite_is_named_before_what_gives_one_number():
    class Explode(nn.Module):
        def forward(self, x):
            return x + torch.inf * x.square()

    model = nn.Sequential(nn.Linear(2, 2), nn.Threshold(1e9, 1.0), Explode()).eval()

    said = every_part_alive([traced(model, [torch.randn(3, 2)])])

    assert said == "the output of 2 (Explode) is not finite"


def test_a_part_is_still_when_every_run_finds_it_so():
    model = nn.Sequential(nn.Linear(2, 2), nn.Threshold(0.5, 0.0), nn.Linear(2, 2)).eval()
    low, high = torch.full((3, 2), -9.0), torch.randn(3, 2) * 9
    with torch.no_grad():
        model[0].weight.copy_(torch.eye(2))

    assert still_parts([traced(model, [low])]) == ("1",)
    assert still_parts([traced(model, [low]), traced(model, [high])]) == ()
