"""What a recorder of a rung is given: a model in its place, and a stream for each use."""

from __future__ import annotations

import torch

from scaffold.golden import Writer
from scaffold.reference import Recording
from scaffold.trace.subject import load


def recording(tmp_path):
    path = tmp_path / "adapter.py"
    path.write_text("from torch import nn\ndef build(size='twin'):\n    return nn.Linear(2, 2)")
    return Recording(
        subject=load(path),
        seed=0,
        weights={"weight": torch.ones(2, 2), "bias": torch.zeros(2)},
        inputs=(torch.ones(1, 2),),
        target=torch.zeros(1),
        writer=Writer(),
    )


def test_the_model_has_the_recorded_weights_and_is_in_eval_mode(tmp_path):
    state = torch.get_rng_state()

    model = recording(tmp_path).model()

    assert model.weight.tolist() == [[1, 1], [1, 1]]
    assert not model.training
    assert torch.equal(state, torch.get_rng_state())


def test_each_use_has_a_stream_of_its_own(tmp_path):
    one = recording(tmp_path)

    def drawn(name):
        return torch.rand(4, generator=one.generator(name))

    assert torch.equal(drawn("loss"), drawn("loss"))
    assert not torch.equal(drawn("cotangent"), drawn("cotangents"))
