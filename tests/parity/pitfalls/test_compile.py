"""What is compiled or fused hides its parts."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from scaffold.core.errors import ScaffoldError
from scaffold.trace.forward import traced


def test_a_compiled_part_is_refused_and_the_eager_one_is_not():
    by_itself = nn.Sequential(nn.Linear(2, 2))
    by_itself[0].compile(backend="eager")
    wrapped = nn.Sequential(torch.compile(nn.Linear(2, 2), backend="eager"))

    for model in (by_itself, wrapped):
        with pytest.raises(ScaffoldError) as failure:
            traced(model, [torch.ones(1, 2)])
        assert str(failure.value) == (
            "0: is compiled, and the calls inside a compiled part cannot be seen\n"
            "  try: compare the eager model first: leave out torch.compile or torch.jit"
        )
    assert traced(nn.Sequential(nn.Linear(2, 2)).eval(), [torch.ones(1, 2)]).count("0") == 1


def test_a_scripted_part_is_refused():
    with pytest.warns(DeprecationWarning, match="script"):
        model = nn.Sequential(torch.jit.script(nn.Linear(2, 2)))

    with pytest.raises(ScaffoldError, match=r"leave out torch\.compile or torch\.jit"):
        traced(model, [torch.ones(1, 2)])


def test_torchs_fused_encoder_layer_does_not_hide_its_parts():
    layer = nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0, batch_first=True).eval()

    with torch.no_grad():
        trace = traced(nn.TransformerEncoder(layer, 1).eval(), [torch.randn(1, 3, 4)])

    assert trace.count("layers.0.self_attn") == 1
