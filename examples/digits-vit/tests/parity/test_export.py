"""The exported network is the network: judged like a part, for several inputs and numbers of images."""

from __future__ import annotations

import copy

import pytest
import torch
from hydra.utils import instantiate
from scaffold.testing import agrees

from digits_vit.export.onnx import export
from digits_vit.training.run import settings

onnxruntime = pytest.importorskip("onnxruntime", reason="needs the extra export")

INPUTS = {
    "normal": torch.randn(4, 1, 8, 8, generator=torch.Generator().manual_seed(0)),
    "times 20": 20 * torch.randn(4, 1, 8, 8, generator=torch.Generator().manual_seed(1)),
    "constant": torch.full((4, 1, 8, 8), 0.5),
    "batch of one": torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(2)),
    "batch of seven": torch.rand(7, 1, 8, 8, generator=torch.Generator().manual_seed(3)),
}


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Give a network whose parameters are all alive, and what was exported of it."""
    network = instantiate(settings("train", "model=vit_twin").model)
    generator = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=generator))
    file = tmp_path_factory.mktemp("export") / "model.onnx"
    export(network, torch.zeros(2, 1, 8, 8), file)
    return network, onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("images", INPUTS.values(), ids=INPUTS)
@torch.no_grad()
def test_the_exported_network_is_the_network(pair, images):
    network, session = pair

    (exported,) = session.run(["logits"], {"images": images.numpy()})

    exact = copy.deepcopy(network).double()(images.double())
    assert agrees(exported, network(images), exact)


@torch.no_grad()
def test_another_network_would_be_noticed(pair):
    network, session = pair
    images = INPUTS["normal"]
    other = copy.deepcopy(network)
    other.encoder.norm.eps = 1e-5

    (exported,) = session.run(["logits"], {"images": images.numpy()})

    assert not agrees(exported, other(images), copy.deepcopy(other).double()(images.double()))
