"""A reference is built by its factory, with random weights from a seed, or the failure is named."""

import random
import sys

import numpy as np
import pytest
import torch

from scaffold.core.blueprint import ValueKind
from scaffold.core.errors import ScaffoldError
from scaffold.reference.spec import parse
from scaffold.reference.spec.build import reference_of

NET = """
import random
import socket
import torch
from torch import nn
from parts import width

class Net(nn.Module):
    def __init__(self, depth: int = 1, *, act: str = "relu") -> None:
        super().__init__()
        self.layers = nn.Sequential(*(nn.Linear(width(), width()) for _ in range(depth)))
        self.noise = nn.Parameter(torch.full((1,), random.random()))

def reaches():
    socket.create_connection(("weights.example.org", 443))

def needs_gpu():
    raise RuntimeError("Torch not compiled with CUDA enabled")

def needs_package():
    import package_that_is_not_there

def optional():
    raise ImportError("this needs more: it requires the tensorly library but it was not found")

def raises(size=1):
    try:
        {}["x"]
    except KeyError as error:
        raise ValueError("first line\\nno such size") from error

def pair():
    return Net(), None

def exits():
    raise SystemExit("usage: net.py --config FILE")

def huge():
    return torch.empty(2**60)

built = Net()
def _hidden(): ...
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    (tmp_path / "net.py").write_text(NET)
    (tmp_path / "parts.py").write_text("def width():\n    return 3\n")
    (tmp_path / "broken.py").write_text("x = 1\nraise RuntimeError('not today')\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def reference(text, *arguments, seed=0):
    return reference_of(parse(text, arguments), seed=seed)


def state(text, *arguments, seed=0):
    return reference(text, *arguments, seed=seed).build().state_dict()


def test_a_factory_of_a_file_finds_its_neighbours():
    assert list(state("file:net.py:Net", "depth=2")) == [
        "noise",
        "layers.0.weight",
        "layers.0.bias",
        "layers.1.weight",
        "layers.1.bias",
    ]
    assert "parts" not in sys.modules


def test_a_factory_of_a_module_in_the_working_folder_is_found(folder):
    (folder / "parts_of_mine.py").write_text(
        "from torch import nn\ndef make(n): return nn.GRU(n, 2)"
    )

    assert reference("python:parts_of_mine:make", "n=3").build().input_size == 3
    assert str(folder) not in sys.path


def test_equal_seeds_give_equal_weights_and_other_seeds_others():
    one, two, other = (state("file:net.py:Net", seed=seed) for seed in (0, 0, 1))

    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not any(torch.equal(one[name], other[name]) for name in one)


def test_the_random_numbers_of_the_caller_stay_where_they_were():
    before = (torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist())  # noqa: NPY002 - what libraries use

    reference("file:net.py:Net").build()

    assert torch.equal(torch.get_rng_state(), before[0])
    assert random.getstate() == before[1]
    assert np.random.get_state()[1].tolist() == before[2]  # noqa: NPY002


def test_the_origin_says_how_it_is_built():
    origin = reference("file:net.py:Net", "depth=2", "act=gelu", seed=7).origin

    assert (origin.spec, origin.source, origin.builder) == ("file:net.py:Net", "file", "net.py:Net")
    assert origin.seed == 7
    assert [(one.name, one.value.kind, one.value.text) for one in origin.arguments] == [
        ("depth", ValueKind.INT, "2"),
        ("act", ValueKind.STRING, "'gelu'"),
    ]


CALL = "call it from python with the same arguments, and mend what the traceback shows"
WITH = "or give --python with an interpreter that has it"
PIP = f"{sys.executable} -m pip install"


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        (
            "file:net.py:Nte",
            [],
            "file:net.py:Nte: has no factory 'Nte'\n  try: did you mean Net?",
        ),
        (
            "file:broken.py:x",
            [],
            (
                "{folder}/broken.py:2: importing broken.py raises RuntimeError: not today\n"
                f"  try: {CALL}"
            ),
        ),
        (
            "file:absent.py:x",
            [],
            (
                "absent.py: there is no such file\n"
                "  try: write file:PATH.py:FACTORY, with the path as seen from the working folder"
            ),
        ),
        (
            "file:net.py:Net",
            ["dept=2"],
            "file:net.py:Net: takes no argument 'dept'\n  try: did you mean depth?",
        ),
        (
            "file:net.py:pair",
            ["x=2"],
            "file:net.py:pair: takes no argument 'x'\n  try: leave it out: it takes none",
        ),
        (
            "file:net.py:Net",
            ["a.b=2"],
            (
                "file:net.py:Net: a.b is no name of an argument\n"
                "  try: a dot reaches into a configuration, which only transformers: has"
            ),
        ),
        (
            "file:net.py:built",
            [],
            (
                "file:net.py:built: built is Net, and no factory\n"
                "  try: name a function or a class that gives a new torch.nn.Module at every call"
            ),
        ),
        (
            "python:torch.nn:Linear",
            ["in_features=2"],
            (
                "python:torch.nn:Linear: needs the argument 'out_features'\n"
                "  try: add out_features=VALUE"
            ),
        ),
        (
            "python:torch.nothing.here:x",
            [],
            (
                "python:torch.nothing.here:x: there is no module torch.nothing\n"
                "  try: check the name: torch is there"
            ),
        ),
        (
            "python:package_that_is_not_there:x",
            [],
            (
                "python:package_that_is_not_there:x: package_that_is_not_there is not installed "
                f"for {sys.executable}\n  try: {PIP} package_that_is_not_there, {WITH}"
            ),
        ),
    ],
)
def test_what_is_not_there_is_named(folder, text, arguments, said):
    with pytest.raises(ScaffoldError) as refused:
        reference(text, *arguments)

    assert str(refused.value) == said.format(folder=folder)


@pytest.mark.parametrize(
    ("factory", "said"),
    [
        (
            "reaches",
            (
                "file:net.py:reaches: needs the hub: it wants to reach weights.example.org, and a "
                "reference is built without the network\n  try: build it with random weights from "
                "a configuration; weights from a file are mapped afterwards"
            ),
        ),
        (
            "needs_gpu",
            (
                "{folder}/net.py:18: needs a GPU, and there is none here: needs_gpu() raises "
                "RuntimeError: Torch not compiled with CUDA enabled\n  try: build it on the CPU: "
                "take the device as an argument, or leave out the operation that only a GPU has"
            ),
        ),
        (
            "needs_package",
            (
                "file:net.py:needs_package: package_that_is_not_there is not installed for "
                f"{sys.executable}\n  try: {PIP} package_that_is_not_there, {WITH}"
            ),
        ),
        (
            "optional",
            (
                f"file:net.py:optional: tensorly is not installed for {sys.executable}\n"
                f"  try: {PIP} tensorly, {WITH}"
            ),
        ),
        (
            "raises",
            f"{{folder}}/net.py:28: raises() raises ValueError: no such size\n  try: {CALL}",
        ),
        (
            "exits",
            (
                "{folder}/net.py:36: exits() raises SystemExit: usage: net.py --config FILE\n"
                f"  try: {CALL}"
            ),
        ),
        (
            "huge",
            (
                "file:net.py:huge: needs more memory than there is\n  try: give it a smaller "
                "size, such as fewer layers or a smaller image: the classes and the dataflow stay "
                "the same"
            ),
        ),
        (
            "pair",
            (
                "file:net.py:pair: pair() gives tuple, not torch.nn.Module\n  try: write a "
                "factory that returns the module alone, and name it with file:PATH.py:FACTORY"
            ),
        ),
    ],
)
def test_a_factory_that_cannot_build_says_why(folder, factory, said):
    with pytest.raises(ScaffoldError) as refused:
        reference(f"file:net.py:{factory}").build()

    assert str(refused.value) == said.format(folder=folder)
