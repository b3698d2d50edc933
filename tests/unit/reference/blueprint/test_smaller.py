"""A twin is looked for: smaller, and with every class."""

from __future__ import annotations

import pytest

from scaffold.reference.blueprint.ask import blueprint_of
from scaffold.reference.blueprint.smaller import smaller
from scaffold.reference.spec import parse

NET = """\
from torch import nn

class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        if dim % heads:
            raise ValueError("heads do not share the width")
        self.layer = nn.Linear(dim, dim)

    def forward(self, x):
        return x + self.layer(x)

class Last(Block):
    pass

class Net(nn.Module):
    def __init__(self, embed_dim=192, depth=6, num_heads=3, num_classes=1000, in_chans=7,
                 last_from=0, least=0, runs_from=0):
        super().__init__()
        if embed_dim < least:
            raise ValueError("too narrow")
        self.runs_from = runs_from
        self.stem = nn.Linear(in_chans, embed_dim)
        kinds = [Last if number >= last_from else Block for number in range(depth)]
        self.blocks = nn.Sequential(*(kind(embed_dim, num_heads) for kind in kinds))
        self.head = nn.Linear(embed_dim, num_classes)

    def forward(self, x):
        if self.stem.weight.shape[0] < self.runs_from:
            raise RuntimeError("too narrow to run")
        return self.head(self.blocks(self.stem(x)))
"""


@pytest.fixture
def search(tmp_path):
    (tmp_path / "net.py").write_text(NET)

    def of(*words):
        spec = parse(f"file:{tmp_path / 'net.py'}:Net", words)
        inputs = ["x=2x7:float32"]
        found = smaller(spec, blueprint_of(spec, inputs=inputs), inputs=inputs)
        return None if found is None else dict(found.arguments)

    return of


def test_depth_width_heads_and_classes_are_made_small(search):
    assert search() == {"depth": 2, "num_classes": 10, "embed_dim": 96, "num_heads": 2}


def test_a_wide_one_is_made_narrow_until_it_is_small_enough(search):
    assert search("embed_dim=1536")["embed_dim"] == 96


def test_what_would_lose_a_class_is_not_made_small(search):
    found = search("last_from=4")

    assert "depth" not in found
    assert found["embed_dim"] < 96


def test_what_the_factory_refuses_is_not_taken(search):
    assert search("embed_dim=960", "least=200")["embed_dim"] == 240


def test_a_small_model_needs_no_twin(search):
    assert search("embed_dim=12", "depth=2", "num_classes=10") is None


def test_what_is_built_and_does_not_run_is_not_taken(search):
    assert search("embed_dim=960", "runs_from=200")["embed_dim"] == 240


PIXELS = """\
from torch import nn

class Net(nn.Module):
    def __init__(self, img_size=224, dim=256):
        super().__init__()
        self.img_size = img_size
        self.stem, self.head = nn.Conv2d(3, dim, 4, 4), nn.Linear(dim, dim)

    def forward(self, x):
        assert x.shape[-1] == self.img_size
        return self.head(self.stem(x).mean((2, 3)))

def fixed():
    return Net(img_size=64, dim=256)
"""


def found(tmp_path, factory):
    (tmp_path / "pixels.py").write_text(PIXELS)
    spec = parse(f"file:{tmp_path / 'pixels.py'}:{factory}")
    twin = smaller(spec, blueprint_of(spec))
    return None if twin is None else dict(twin.arguments)


def test_images_are_made_small_though_no_parameter_goes(tmp_path):
    assert found(tmp_path, "Net")["img_size"] == 32


def test_what_a_factory_fixes_is_found_in_the_class_behind_it(tmp_path):
    assert found(tmp_path, "fixed") == {"root.img_size": 32, "root.dim": 128}
