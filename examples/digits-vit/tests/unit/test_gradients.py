"""Gradients reach what they should reach, and nothing else."""

from __future__ import annotations

import torch
from hydra.utils import instantiate

from digits_vit.losses.classification import classification


def test_every_parameter_and_the_input_get_a_finite_gradient(compose):
    cfg = compose()
    network, loss = instantiate(cfg.model), instantiate(cfg.loss)
    images = torch.randn(3, 1, 8, 8, requires_grad=True)

    loss(network(images), torch.tensor([0, 5, 9]))["total"].backward()

    gradients = {name: p.grad for name, p in network.named_parameters()} | {"input": images.grad}
    assert [n for n, g in gradients.items() if g is None or not g.isfinite().all()] == []
    # A bias of the keys moves all scores of a token alike, and softmax does not see it.
    assert [n for n, g in gradients.items() if g.abs().max() < 1e-12 and "key.bias" not in n] == []


def test_an_output_depends_on_its_own_sample_only(compose):
    network = instantiate(compose().model)
    images = torch.randn(4, 1, 8, 8, requires_grad=True)

    network(images)[2].sum().backward()

    touched = images.grad.flatten(1).abs().sum(1) > 0
    assert touched.tolist() == [False, False, True, False]


def test_no_gradient_flows_through_the_weight_of_a_sample():
    """SG-01 in docs/gradient_flow.md: the weight of a sample is a constant."""
    logits = torch.tensor([[1.0, 0.0, -1.0]], dtype=torch.float64, requires_grad=True)
    target = torch.tensor([0])

    classification(logits, target, label_smoothing=0.0, gamma=2.0).backward()

    p = logits.detach().softmax(-1)
    plain = p - torch.tensor([[1.0, 0.0, 0.0]])
    torch.testing.assert_close(logits.grad, (1 - p[0, 0]) ** 2 * plain)
