"""Names and values in the languages of a repository."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
import tomllib

import pytest
import yaml

from scaffold.core.blueprint import PartClass
from scaffold.generate.around.identity import pattern
from scaffold.generate.around.names import named, snake
from scaffold.generate.around.written import as_python, as_toml, as_yaml, assigned, yaml_block


@pytest.mark.parametrize(
    ("name", "module"),
    [("LayerNorm2d", "layer_norm2d"), ("Mlp", "mlp"), ("GPT2Block", "gpt2_block"), ("Try", "try_")],
)
def test_a_class_becomes_a_module(name, module):
    assert snake(name) == module


def test_two_classes_of_one_name_are_told_apart():
    kinds = [
        PartClass(module=module, qualname=name, parts=("a",))
        for module, name in (("x.norm", "Norm"), ("x.other_norm", "Norm"), ("y.other_norm", "Norm"))
    ]

    assert [name for _, name in named(kinds).values()] == ["Norm", "OtherNormNorm", "Norm2"]


def test_a_class_is_never_called_as_what_a_skeleton_imports():
    (found,) = named([PartClass(module="m", qualname="Network", parts=("",))]).values()

    assert found == ("m_network", "MNetwork")


VALUES = [True, None, 3, 1e-06, 1e20, 0.5, "a b", "${data.x}", [1, 2.5], {"a": [1e-6]}, "yes"]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_a_value_is_the_same_in_yaml(value):
    read = yaml.safe_load(as_yaml(value))

    assert read == (value.replace("${", "\\${") if isinstance(value, str) else value)


def test_no_finite_number_is_needed_in_yaml():
    assert math.isnan(yaml.safe_load(as_yaml(math.nan)))
    assert yaml.safe_load(as_yaml([-math.inf])) == [-math.inf]
    assert yaml_block({}) == " {}"


@pytest.mark.parametrize("value", ["it's", 'a "b"', (1,), {"k": ("x", 2)}, [], 1e-6])
def test_a_value_is_the_same_in_python(value):
    assert ast.literal_eval(as_python(value)) == value


def test_a_value_is_the_same_in_toml():
    assert tomllib.loads(f"a = {as_toml(['x', True])}")["a"] == ["x", True]


def test_numbers_of_a_name_become_places():
    assert pattern("layers.3.blocks.0.conv1.weight") == "layers.{i}.blocks.{j}.conv1.weight"


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"short": 1},
        {"sizes": {"input_size": (1, 32, 32)}, "layers": tuple(range(20)), "name": "x" * 60},
        {f"root.blocks.{n}.width": 8.0 for n in range(9)},
        [list(range(40)), ("one",), {"deep": {"deeper": ["y" * 90, None, True]}}],
        ("a" * 120,),
    ],
)
def test_what_is_assigned_is_as_a_formatter_wants_it(value, tmp_path):
    file = tmp_path / "value.py"
    text = assigned("VALUE", value) + "\n"
    file.write_text(text)

    ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=100", file]
    subprocess.run(ruff, check=True, capture_output=True)

    assert file.read_text() == text
    assert ast.literal_eval(text.partition(" = ")[2]) == value
