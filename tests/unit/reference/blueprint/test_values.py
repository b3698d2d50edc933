"""What is found on a live model becomes a value that JSON and generated code can spell out."""

import ast
import dataclasses
import enum
import functools
import math
import re

import numpy as np
import pytest
import torch
from torch import nn

from scaffold.core.blueprint import ValueKind
from scaffold.reference.blueprint.values import Values, is_config, module_of


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Inner:
    width: int = 3
    _hidden: int = 9


@dataclasses.dataclass
class Config:
    inner: Inner
    depth: int = 2


class Told(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.layer = nn.Linear(2, 2)


def told(value):
    found = Values().of(value)
    return found.kind, found.text


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, ValueKind.NONE, "None"),
        (True, ValueKind.BOOL, "True"),
        (3, ValueKind.INT, "3"),
        (1e-6, ValueKind.FLOAT, "1e-06"),
        (math.inf, ValueKind.FLOAT, "float('inf')"),
        ("a'b", ValueKind.STRING, '"a\'b"'),
        ((3,), ValueKind.TUPLE, "(3,)"),
        ([1, (2, None)], ValueKind.LIST, "[1, (2, None)]"),
        (torch.Size([2, 3]), ValueKind.TUPLE, "(2, 3)"),
        ({"a": 1}, ValueKind.DICT, "{'a': 1}"),
        ({0: "x"}, ValueKind.DICT, "{0: 'x'}"),
        (np.float32(0.5), ValueKind.FLOAT, "0.5"),
        (torch.float16, ValueKind.DTYPE, "torch.float16"),
        (torch.zeros(2, 3), ValueKind.TENSOR, "float32(2, 3)"),
        (nn.GELU, ValueKind.CLASS, "torch.nn.modules.activation.GELU"),
        (nn.functional.gelu, ValueKind.FUNCTION, "torch._C._nn.gelu"),
        (len, ValueKind.FUNCTION, "len"),
        (
            functools.partial(nn.LayerNorm, 8, eps=1e-6),
            ValueKind.PARTIAL,
            "functools.partial(torch.nn.modules.normalization.LayerNorm, 8, eps=1e-06)",
        ),
        (nn.ReLU(), ValueKind.MODULE, "ReLU()"),
        (Colour.RED, ValueKind.OBJECT, "Colour.RED"),
        (object(), ValueKind.OBJECT, "<object object>"),
    ],
    # An address in a name would be another in every process.
    ids=lambda one: re.sub(r" at 0x[0-9a-f]+", "", str(one)),
)
def test_a_value_has_a_kind_and_a_text(value, kind, text):
    if kind is ValueKind.FUNCTION and text.startswith("torch."):
        assert told(value)[0] is kind
    else:
        assert told(value) == (kind, text)


@pytest.mark.parametrize("value", [None, -3, 0.1, "x", (1,), [1, [2]], {"a": (1, None)}, {0: "x"}])
def test_a_literal_is_read_back_as_it_was(value):
    found = Values().of(value)

    assert found.literal
    assert ast.literal_eval(found.text) == value


@pytest.mark.parametrize("value", [nn.GELU, (nn.GELU,), {"a": len}, torch.float16, Inner()])
def test_what_needs_an_import_is_no_literal(value):
    assert not Values().of(value).literal


def test_a_configuration_is_told_once_with_its_public_fields():
    model = Told(Config(inner=Inner()))
    values = Values(model)

    whole = values.whole(model.config)
    assert whole.names == ("inner", "depth")
    assert whole.items[0].names == ("width",)
    assert (values.of(model.config).text, values.of(model.config).items) == ("config", ())
    assert values.of(model.config.inner).text == "config.inner"
    assert values.of(Inner(4)).items[0].text == "4"


def test_a_part_is_told_by_its_path():
    model = Told(None)

    found = Values(model).of([model.layer, model])
    assert [(one.kind, one.target) for one in found.items] == [
        (ValueKind.PART, "layer"),
        (ValueKind.PART, ""),
    ]


def test_what_holds_itself_comes_to_an_end():
    ring = []
    ring.append(ring)

    assert Values().of(ring).kind is ValueKind.LIST


def test_what_cannot_be_shown_is_named_by_its_class():
    class Shy:
        def __repr__(self):
            raise ValueError("no")

    assert told(Shy())[1].startswith("<test_what_cannot_be_shown")


def test_a_long_text_is_cut():
    assert len(told(nn.Sequential(*(nn.ReLU() for _ in range(99))))[1]) == 120


def test_classes_modules_and_lists_are_no_configurations():
    assert is_config(Inner())
    assert not any(is_config(one) for one in (Inner, nn.ReLU(), [1], {"a": 1}, None, 3))


def test_the_module_of_a_class_is_told():
    assert module_of(nn.Linear) == "torch.nn.modules.linear"
    assert module_of(len) == "builtins"
