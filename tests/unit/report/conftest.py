"""Comparisons drawn by hand."""

import math

import pytest

from scaffold.core.comparison import (
    Comparison,
    Divergence,
    Judgement,
    PartRow,
    Rung,
    RungRow,
    Verdict,
)

EQUAL = Judgement(verdict=Verdict.EQUAL, ratio=0.0, probe="normal")
ROUNDING = Judgement(verdict=Verdict.ROUNDING, ratio=1.016, probe="times-20")
DIFFERENT = Judgement(
    verdict=Verdict.DIFFERENT,
    ratio=10.23,
    probe="low-variance",
    worst="(0, 3, 7): theirs 0.52, ours 0.61",
)


def part(theirs, ours, kind, local=EQUAL, interface=EQUAL, end_to_end=ROUNDING):
    return PartRow(
        part=theirs,
        ours=ours,
        kind=kind,
        local=local,
        interface=interface,
        end_to_end=end_to_end,
        probes=("normal", "times-20"),
    )


PARTS = (
    part("patch", "embedding.patch", "Conv2d"),
    part("encoder.layers.0.norm1", "blocks.0.norm1", "LayerNorm", ROUNDING),
    part("encoder.layers.0.self_attn", "blocks.0.attention", "MultiheadAttention", ROUNDING),
    part("encoder.layers.0", "blocks.0", "TransformerEncoderLayer", ROUNDING),
    part("head", "head", "Linear"),
    part("", "", "ReferenceViT", ROUNDING),
)
RUNGS = (
    RungRow(rung=Rung.STRUCTURE, item="parameter count", judgement=EQUAL),
    RungRow(rung=Rung.LOSS, item="z_loss/times-20", judgement=ROUNDING),
    RungRow(rung=Rung.GRADIENT, item="head.weight", part="head", judgement=EQUAL),
)


@pytest.fixture
def agreeing():
    return Comparison(
        reference="reference/adapter.py", bundle="goldens/twin", parts=PARTS, rungs=RUNGS
    )


@pytest.fixture
def diverging():
    broken = part("encoder.layers.0.norm1", "blocks.0.norm1", "LayerNorm", DIFFERENT)
    late = part("head", "head", "Linear", EQUAL, DIFFERENT, DIFFERENT)
    odd = Judgement(verdict=Verdict.DIFFERENT, ratio=math.nan, reason="ours gives NaN")
    return Comparison(
        reference="reference/adapter.py",
        bundle="goldens/twin",
        parts=(PARTS[0], broken, *PARTS[2:4], late, PARTS[5]),
        rungs=(*RUNGS[:2], RungRow(rung=Rung.GRADIENT, item="head.bias", judgement=odd)),
        first=Divergence(
            rung=Rung.FORWARD,
            place="blocks.0.norm1",
            because="q is 10.23 given the reference's own input, and that input is right",
            remedy="compare eps, affine and the variance of LayerNorm with the reference",
        ),
        unmatched=("encoder.norm: nothing is mapped to it",),
        notes=("probe odd-size was not recorded: the reference refuses it",),
    )
