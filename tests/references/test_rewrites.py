"""A part that is rewritten rightly is proved; one that is not is named, and no other with it."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from warm import PACKAGES, Warm

pytestmark = pytest.mark.e2e

VIT = {
    "layer_norm": """
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, num_channels, eps):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(num_channels))
        self.bias = nn.Parameter(torch.zeros(num_channels))

    def forward(self, x):
        mean, variance = x.mean(-1, keepdim=True), x.var(-1, correction=0, keepdim=True)
        return (x - mean) / (variance + self.eps).sqrt() * self.weight + self.bias
""",
    "attention": """
from torch import nn


class Attention(nn.Module):
    def __init__(self, dim, num_heads, qkv_bias):
        super().__init__()
        self.heads = num_heads
        self.qkv = nn.Linear(dim, 3 * dim, bias=qkv_bias)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x, **masks):
        assert not any(one is not None and one is not False for one in masks.values())
        batch, tokens, dim = x.shape
        apart = self.qkv(x).reshape(batch, tokens, 3, self.heads, dim // self.heads)
        query, key, value = apart.permute(2, 0, 3, 1, 4)
        scores = query @ key.mT * (dim // self.heads) ** -0.5
        found = scores.softmax(dim=-1) @ value
        return self.proj(found.transpose(1, 2).reshape(batch, tokens, dim))
""",
    "mlp": """
from torch import nn
from torch.nn import functional as F


class Mlp(nn.Module):
    def __init__(self, in_features, hidden_features):
        super().__init__()
        self.fc1 = nn.Linear(in_features, hidden_features)
        self.fc2 = nn.Linear(hidden_features, in_features)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))
""",
}
RESNET = {
    "select_adaptive_pool2d": """
from torch import nn


class SelectAdaptivePool2d(nn.Module):
    def forward(self, x):
        return x.mean(dim=(2, 3))
""",
    "basic_block": """
from torch import nn


class BasicBlock(nn.Module):
    def __init__(self, inplanes, planes, stride, downsample):
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = downsample

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        return (self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())) + shortcut).relu()
""",
}
CASES = {
    "vit": ("timm:vit_tiny_patch16_224", VIT),
    "resnet": ("timm:resnet18", RESNET),
}
WRONG = [
    # What is rewritten, how it goes wrong, where that is said, and what is said.
    ("vit", "layer_norm", "self.eps).sqrt()", "1e-3).sqrt()", "blocks.0.norm1", "eps"),
    ("vit", "layer_norm", "correction=0", "correction=1", "blocks.0.norm1", "unbiased"),
    ("vit", "layer_norm", " + self.bias", "", "blocks.0.norm1", "bias"),
    ("vit", "attention", "(dim // self.heads) ** -0.5", "dim**-0.5",
     "blocks.0.attn.proj", "yours is times 0.25"),
    ("vit", "attention", "softmax(dim=-1)", "softmax(dim=-2)",
     "blocks.0.attn.proj", "yours is axis -2"),
    ("vit", "attention", "query, key, value =", "key, query, value =",
     "blocks.0.attn.proj", "yours is qkv"),
    ("vit", "mlp", "F.gelu(self.fc1(x))", 'F.gelu(self.fc1(x), approximate="tanh")',
     "blocks.0.mlp", "gelu"),
    ("vit", "mlp", "F.gelu(self.fc1(x))", "F.relu(self.fc1(x))",
     "blocks.0.mlp.fc2", "yours is relu"),
    ("resnet", "select_adaptive_pool2d", "x.mean(dim=(2, 3))", "x.amax(dim=(2, 3))",
     "global_pool", "yours is amax"),
    ("resnet", "basic_block", "planes, planes, 3, padding=1,",
     'planes, planes, 3, padding=1, padding_mode="reflect",', "layer1.0.conv2", "padding"),
    ("resnet", "basic_block", "self.bn2 = nn.BatchNorm2d(planes)",
     "self.bn2 = nn.BatchNorm2d(planes, eps=1e-2)", "layer1.0.bn2", "eps"),
    ("resnet", "basic_block", "self.bn1(self.conv1(x)).relu()",
     "nn.functional.leaky_relu(self.bn1(self.conv1(x)), 0.1)", "layer1.0.conv2", "yours is 0.1"),
]  # fmt: skip


@pytest.fixture(scope="module")
def forked(python):
    process = Warm(python, (*PACKAGES, "timm"))
    yield process
    process.close()


@pytest.fixture(scope="module")
def repositories(forked, tmp_path_factory):
    """A repository around each reference, in which all but the model and its blocks is ours."""
    place, made = tmp_path_factory.mktemp("around"), {}
    for name, (spec, classes) in CASES.items():
        done = forked.run(
            "scaffold", "new", name, "--defaults", "--no-git", "--reference", spec, cwd=place
        )
        assert done.returncode == 0, done.stdout
        for module, text in classes.items():
            write(place / name, module, text)
            done = forked.run("scaffold", "new-part", module, "--written", cwd=place / name)
            assert done.returncode == 0, done.stdout
        made[name] = place / name
    return made


def write(repository, module, text):
    next(repository.glob("src/*/models")).joinpath(f"{module}.py").write_text(text)


def standings(forked, repository):
    told = json.loads(forked.run("scaffold", "status", "--format=json", cwd=repository).stdout)
    return {one["ours"].partition(":")[0]: one["standing"] for one in told["classes"]}


@pytest.mark.parametrize("name", CASES)
def test_what_is_rewritten_rightly_is_proved(name, repositories, forked):
    done = forked.run(
        "scaffold", "compare", ".", "--rung=forward", "--rung=backward", "--rung=train",
        cwd=repositories[name],
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
    found = standings(forked, repositories[name])
    assert {found[module] for module in CASES[name][1]} == {"proved"}
    assert {one for module, one in found.items() if module not in CASES[name][1]} == {"delegated"}


@pytest.mark.parametrize(("name", "module", "right", "wrong", "place", "cause"), WRONG)
def test_what_is_rewritten_wrongly_is_named_alone(
    name, module, right, wrong, place, cause, repositories, forked, tmp_path
):
    shutil.copytree(repositories[name], tmp_path / name)
    text = CASES[name][1][module]
    assert right in text
    write(tmp_path / name, module, text.replace(right, wrong, 1))

    done = forked.run("scaffold", "compare", ".", "--rung=forward", cwd=tmp_path / name)

    assert done.returncode == 1
    first = done.stdout.partition("first divergence: ")[2]
    assert first.splitlines()[0].removeprefix("glue before ") == place
    told = re.sub(r"\s+", " ", first.partition("  cause ")[2].partition("  do ")[0])
    assert cause in told
    assert "reproduces it" in told
    found = standings(forked, tmp_path / name)
    assert {one for one, standing in found.items() if standing == "diverges"} == {module}
    assert {found[one] for one in CASES[name][1] if one != module} == {"proved"}
