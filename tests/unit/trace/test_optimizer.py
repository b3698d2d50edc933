"""The optimiser driver replays gradients and lists settings."""

import torch
from torch import nn

from scaffold.trace import optimizer


def replayed(rate, dtype=torch.float64):
    model = nn.Linear(1, 1, bias=False).to(dtype)
    return optimizer.replay(
        model,
        lambda m: torch.optim.SGD(m.parameters(), lr=rate),
        lambda _: {"weight": torch.ones(1, 1)},
    )


def test_the_distance_travelled_is_kept_and_not_the_parameter():
    travelled = replayed(0.5)

    assert list(travelled) == [1, 6, 12]
    assert travelled[1]["weight"].item() == -0.5
    assert travelled[6]["weight"].item() == -3.0


def test_the_learning_rate_changes_half_way():
    travelled = replayed(0.5)

    torch.testing.assert_close(
        travelled[12]["weight"], torch.tensor([[-3.0 - 6 * 0.05]], dtype=torch.float64)
    )


def test_a_run_in_float32_moves_as_far_as_one_in_float64():
    torch.testing.assert_close(
        replayed(0.5)[12]["weight"], replayed(0.5, torch.float32)[12]["weight"], rtol=0, atol=1e-6
    )


def test_a_frozen_parameter_stays():
    model = nn.Linear(1, 1)
    model.bias.requires_grad_(requires_grad=False)

    travelled = optimizer.replay(
        model,
        lambda m: torch.optim.AdamW(m.parameters()),
        lambda _: {"weight": torch.ones(1, 1), "bias": torch.ones(1)},
    )

    assert travelled[12]["bias"].item() == 0.0
    assert travelled[12]["weight"].item() != 0.0


def test_the_settings_of_a_group_are_json_and_leave_out_the_implementation():
    model = nn.Linear(1, 1)
    made = torch.optim.AdamW(
        [{"params": [model.weight], "lr": torch.tensor(0.5)}], betas=(0.9, 0.95), foreach=False
    )

    table = optimizer.groups(model, made)

    assert table["weight"]["class"] == "AdamW"
    assert table["weight"]["lr"] == 0.5
    assert table["weight"]["betas"] == [0.9, 0.95]
    assert not table["weight"].keys() & optimizer.NOT_SETTINGS
    assert table["bias"] == {"class": "frozen"}


def test_a_parameter_knows_its_group():
    model = nn.Linear(1, 1)
    made = torch.optim.SGD([{"params": [model.bias]}, {"params": [model.weight]}], lr=0.1)

    assert optimizer.group_of(model, made) == {"weight": 1, "bias": 0}
