"""`scaffold inspect` as its user calls it."""

import json
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from scaffold.core.blueprint.document import loads
from scaffold.report.blueprint import schema

NET = """
import torch
from torch import nn

class Block(nn.Module):
    def __init__(self, width, slope=0.1):
        super().__init__()
        self.inner = nn.Linear(width, width)
        self.act = nn.LeakyReLU(slope)

    def forward(self, x):
        return x + self.act(self.inner(x))

class Net(nn.Module):
    def __init__(self, width=4, depth=3):
        super().__init__()
        print("a model that talks")
        self.blocks = nn.Sequential(*(Block(width) for _ in range(depth)))
        self.drop = nn.Dropout(0.5)
        self.idle = nn.Linear(width, 2)

    def forward(self, x):
        return self.drop(self.blocks(x))

class Graph(nn.Module):
    def forward(self, graph, scale):
        return graph["nodes"] * scale
"""

TEXT = """\
file:net.py:Net width=6
  net.Net, net.py
  140 parameters, 432 FLOP on the example batch; python {python}, torch {torch}
  takes  x: float32 (2, 6) real
  gives  tensor: float32 (2, 6)

part         class                          parameters  output
(the model)  Net(width=6)                          140  float32 (2, 6)
  blocks     Sequential()                          126  float32 (2, 6)
    0        Block(6)                               42  float32 (2, 6)
      inner  Linear(6, 6)                           42  float32 (2, 6)
      act    LeakyReLU(negative_slope=0.1)              float32 (2, 6)
    1 .. 2   2 like 0                               84
  drop       Dropout()                                  float32 (2, 6)
  idle       Linear(6, 2)                           14  not called

13 parts of 6 classes, 2 of them the reference's own: Block, Net
in training: 1 dropout
never called: idle
note: no preprocessing is known: a factory tells of none
"""


@pytest.fixture
def net(scaffold, tmp_path):
    (tmp_path / "net.py").write_text(NET)
    return lambda *words: scaffold("inspect", *words)


def test_a_person_is_shown_the_tree_and_what_to_watch_for(net):
    said = net("file:net.py:Net", "width=6")
    found = loads(net("file:net.py:Net", "width=6", "--format", "json").out)

    assert said.code == 0
    assert said.out == TEXT.format(python=found.environment.python, torch=found.environment.torch)


def test_a_program_is_given_the_document_of_the_published_schema(net):
    said = net("file:net.py:Net", "--format", "json")

    assert said.code == 0
    document = json.loads(said.out)
    assert not list(Draft202012Validator(schema()).iter_errors(document))
    assert loads(said.out).origin.spec == "file:net.py:Net"


def test_what_a_model_prints_is_no_part_of_the_report(net):
    said = net("file:net.py:Net", "--format", "json")

    assert "a model that talks" not in said.out
    assert "a model that talks" in said.err


def test_another_interpreter_can_be_asked(net):
    said = net("file:net.py:Net", "--python", sys.executable, "--format", "json")

    assert said.code == 0
    assert loads(said.out).origin.python == sys.executable


def test_inputs_can_be_described(net):
    said = net(
        "file:net.py:Graph",
        "--input",
        "graph.nodes=3x2:float32",
        "--input",
        "scale=2:float32",
        "--format",
        "json",
    )

    assert loads(said.out).inputs[0].path == "nodes"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (
            ["resnet18"],
            (
                "SPEC: 'resnet18' is no spec\n  try: write one of timm:NAME, torchvision:NAME, "
                "transformers:CLASS, python:package.module:factory, file:path.py:factory"
            ),
        ),
        (
            ["file:net.py:Nett"],
            "file:net.py:Nett: has no factory 'Nett'\n  try: did you mean Net?",
        ),
        (
            ["file:net.py:Net", "--input", "x"],
            (
                "--input: 'x' describes no input\n  try: write --input NAME=SHAPE:DTYPE, such as "
                "x=2x3x32x32:float32 or ids=2x16:int64:0..99"
            ),
        ),
        (
            ["file:net.py:Graph"],
            (
                "file:net.py:Graph: cannot guess what Graph takes: forward(graph, scale)\n  try: "
                "describe "
                "every tensor: --input NAME=SHAPE:DTYPE, such as x=2x3x32x32:float32 or "
                "ids=2x16:int64:0..99"
            ),
        ),
        (
            ["file:net.py:Net", "--python", "nowhere"],
            (
                "--python nowhere: there is no such interpreter\n  try: give the path of python in "
                "the environment of the reference: env/bin/python"
            ),
        ),
    ],
)
def test_what_cannot_be_done_ends_with_two_and_says_what_to_do(net, words, error):
    said = net(*words)

    assert (said.code, said.out) == (2, "")
    assert said.err.endswith(f"scaffold: {error}\n")


def test_a_failure_reaches_a_program_too(net):
    said = net("resnet18", "--format", "json")

    assert said.code == 2
    assert json.loads(said.out)["error"]["what"] == "'resnet18' is no spec"


def test_nothing_is_written(net, tmp_path):
    before = sorted(path for path in Path(tmp_path).rglob("*") if "__pycache__" not in path.parts)
    net("file:net.py:Net")

    assert before == sorted(p for p in Path(tmp_path).rglob("*") if "__pycache__" not in p.parts)
