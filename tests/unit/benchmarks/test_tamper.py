"""A change reaches one module, and only its own calls."""

import copy

import torch
from torch import nn

from benchmarks.defects.tamper import loaded, recalled, retold


class Inner(nn.Module):
    def forward(self, x):
        return torch.relu(x)


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()

    def forward(self, x):
        return self.inner(x) + torch.relu(-x) + torch.relu(x)


X = torch.tensor([-2.0, 3.0])


def test_a_changed_call_is_the_modules_own():
    model = Outer()
    recalled(model, ("relu",), lambda _func, x: x * 10, None)

    assert model(X).tolist() == [0.0 + 20.0 - 20.0, 3.0 - 30.0 + 30.0]


def test_one_of_several_calls_is_counted_from_zero():
    model = Outer()
    recalled(model, ("relu",), lambda _func, x: x * 10, 1)

    assert model(X).tolist() == [0.0 + 2.0 - 20.0, 3.0 + 0.0 + 30.0]


def test_a_retold_module_keeps_its_class_name_and_survives_a_copy():
    model = Outer()
    retold(model.inner, lambda plain, _self, x: plain(x) + 1)

    assert type(model.inner).__name__ == "Inner"
    assert copy.deepcopy(model)(X).tolist() == [3.0, 7.0]


def test_another_instance_of_the_class_is_what_it_was():
    one, two = Inner(), Inner()
    retold(one, lambda plain, _self, x: plain(x) + 1)

    assert two(X).tolist() == [0.0, 3.0]


def test_weights_change_when_they_are_loaded_and_the_state_dict_stays():
    model = nn.Sequential(nn.Linear(2, 2))
    loaded(model[0], lambda own: {"bias": own["bias"] + 1})
    state = {"0.weight": torch.eye(2), "0.bias": torch.zeros(2)}
    model.load_state_dict(state)

    assert model[0].bias.tolist() == [1.0, 1.0]
    assert state["0.bias"].tolist() == [0.0, 0.0]
