"""The gradient driver pulls a cotangent back to parameters and inputs."""

import pytest
import torch
from torch import nn

from scaffold.core.errors import ScaffoldError
from scaffold.trace import gradient


def test_the_gradients_are_those_of_the_inner_product():
    model, x, u = nn.Linear(2, 3), torch.randn(4, 2), torch.randn(4, 3)

    parameters, inputs = gradient.pulled(model, [x], {"": u})

    torch.testing.assert_close(parameters["weight"], u.T @ x)
    torch.testing.assert_close(parameters["bias"], u.sum(0))
    torch.testing.assert_close(inputs["0"], u @ model.weight)


def test_what_the_output_does_not_depend_on_has_zeros():
    model = nn.Linear(2, 2)
    model.unused = nn.Parameter(torch.ones(3))

    parameters, _ = gradient.pulled(model, [torch.randn(1, 2)], {"": torch.ones(1, 2)})

    assert parameters["unused"].tolist() == [0, 0, 0]


def test_classes_as_input_have_no_gradient_and_frozen_parameters_neither():
    model = nn.Embedding(4, 2)
    model.weight.requires_grad_(requires_grad=False)
    model.shift = nn.Linear(2, 2)
    both = nn.Sequential(model, model.shift)

    parameters, inputs = gradient.pulled(both, [torch.tensor([1])], {"": torch.ones(1, 2)})

    assert list(parameters) == ["0.shift.weight", "0.shift.bias"]
    assert inputs == {}


def test_another_structure_of_the_output_is_refused():
    with pytest.raises(ScaffoldError) as error:
        gradient.pulled(nn.Linear(2, 2), [torch.randn(1, 2)], {"logits": torch.ones(1, 2)})

    assert str(error.value) == (
        "gradient: the output has the leaves [''], recorded are ['logits']\n"
        "  try: return what the reference returns, in the same structure"
    )
