"""Whether ours gives the same numbers in a working precision, against what that precision costs."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from scaffold.cli.compare import Precision
from scaffold.core.comparison import Rung, Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.parity import WeightMap, compare
from scaffold.parity.rungs import precision
from scaffold.reference import record
from scaffold.trace import subject
from scaffold.trace.roles import PRECISIONS
from scaffold.trace.settled import settled
from scaffold.trace.working import MODES, ran, rounded

MODEL = """
import torch
from torch import nn


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(16) + 0.5)

    def forward(self, x):
        VARIANCE
        return x / (variance + 1e-5).sqrt() * self.weight


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(6, 16)
        self.norm = Norm()
        self.head = nn.Linear(16, 5)

    def forward(self, x):
        BEFORE
        return self.head(self.norm(self.inner(x)))


def build(size="twin"):
    net = Net()
    with torch.no_grad():
        net.inner.bias.add_(30.0)
    return net


def example_batch():
    return (torch.linspace(-2.0, 2.0, 24).reshape(4, 6).sin(),), torch.zeros(4)
"""
STEADY = "x = x.float(); variance = x.var(-1, unbiased=False, keepdim=True)"
NAIVE = "variance = (x * x).mean(-1, keepdim=True) - x.mean(-1, keepdim=True) ** 2"
MAP = "schema = 1\n"
MAP += "".join(
    f'[[part]]\ntheirs = "{name}"\nours = "{name}"\n' for name in ("inner", "norm", "head")
)
MAP += "".join(
    f'[[weight]]\ntheirs = "{name}"\nours = "{name}"\n'
    for name in ("inner.weight", "inner.bias", "norm.weight", "head.weight", "head.bias")
)


def written(folder, *, variance=STEADY, before="pass"):
    file = folder / "model.py"
    file.write_text(MODEL.replace("VARIANCE", variance).replace("BEFORE", before), encoding="utf-8")
    return subject.load(file)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("theirs")
    return record(written(folder).path, folder / "goldens")


@pytest.fixture
def judged(bundle, tmp_path):
    (tmp_path / "weights.map.toml").write_text(MAP, encoding="utf-8")
    weights = WeightMap.read(tmp_path / "weights.map.toml")

    def judge(*modes, **changes):
        with settled():
            rows = precision.rows(bundle, written(tmp_path, **changes), weights, modes)
        return {row.item: row for row in rows}

    return judge


def test_the_same_code_is_rounding_in_every_precision(judged):
    rows = judged("float32", "bfloat16", "float16")

    assert {row.judgement.verdict for row in rows.values()} <= {Verdict.EQUAL, Verdict.ROUNDING}
    assert "theirs by" in rows["bfloat16"].judgement.reason
    assert "theirs by" not in rows["float16"].judgement.reason


def test_a_cancellation_that_only_bfloat16_shows_is_named_at_its_part(bundle, judged, tmp_path):
    rows = judged("float32", "bfloat16", variance=NAIVE)

    assert rows["float32"].judgement.verdict is Verdict.ROUNDING
    assert rows["bfloat16"].judgement.verdict is Verdict.DIFFERENT
    assert rows["bfloat16"].part == "norm"
    weights = WeightMap.read(tmp_path / "weights.map.toml")
    forward = compare(bundle, written(tmp_path, variance=NAIVE), weights, rungs=[Rung.FORWARD])
    assert forward.agrees, "it is the same model; only its numbers are not"


def test_numbers_that_overflow_are_counted(judged):
    row = judged(
        "float16",
        before="x = x * 1e5; x = x.half().float() / 1e5 if "
        "torch.is_autocast_enabled('cpu') else x / 1e5",
    )["float16"]

    assert row.judgement.verdict is Verdict.DIFFERENT
    assert row.judgement.reason.endswith("values are no finite numbers, and are in float64")


def test_an_exported_model_is_run_and_judged(judged):
    row = judged("exported")["exported"]

    assert row.judgement.verdict in (Verdict.EQUAL, Verdict.ROUNDING)


def test_a_model_that_cannot_be_exported_says_why(judged):
    row = judged("exported", before="x = x if x.sum() > 0 else -x")["exported"]

    assert row.judgement.verdict is Verdict.NOT_COMPARABLE
    assert row.judgement.reason.startswith("ours raises: ")


@pytest.mark.skipif(torch.cuda.is_available(), reason="says what is said where there is none")
def test_a_device_that_is_not_here_is_not_comparable(judged):
    row = judged("cuda")["cuda"]

    assert row.judgement.verdict is Verdict.NOT_COMPARABLE
    assert row.judgement.reason == "there is no CUDA device here"


def test_a_precision_that_nobody_knows_is_refused_with_those_that_are():
    with pytest.raises(ScaffoldError, match="no way to run a model called 'float8'") as caught:
        ran(nn.Identity(), [torch.zeros(1)], "float8")

    assert caught.value.remedy == f"name one of {', '.join(MODES)}"


def test_the_comparison_asks_for_float32_and_bfloat16(bundle, tmp_path):
    (tmp_path / "weights.map.toml").write_text(MAP, encoding="utf-8")
    weights = WeightMap.read(tmp_path / "weights.map.toml")

    found = compare(bundle, written(tmp_path), weights, rungs=[Rung.PRECISION])

    assert [row.item for row in found.rungs] == ["float32", "bfloat16"]
    assert found.agrees


def test_a_reference_that_does_not_run_in_bfloat16_is_noted(tmp_path):
    refusing = "if torch.is_autocast_enabled('cpu'): raise TypeError('float32 only')"
    own = written(tmp_path, before=refusing)
    bundle = record(own.path, tmp_path / "goldens")
    (tmp_path / "weights.map.toml").write_text(MAP, encoding="utf-8")

    found = compare(
        bundle, own, WeightMap.read(tmp_path / "weights.map.toml"), rungs=[Rung.PRECISION]
    )

    assert found.rungs == ()
    assert found.notes == ("rung precision: the reference does not run in bfloat16: float32 only",)


def test_rounding_is_put_in_after_every_part_and_leaves_the_model_alone():
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU()).eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    x = [torch.ones(2, 4)]

    exact, one, two = (rounded(model, x, 0.01, turn) for turn in (0, 1, 2))

    assert [call.part for call in one] == ["0", "1", ""]
    outputs = [calls[-1].output for calls in (exact, one, two)]
    assert not torch.equal(outputs[0], outputs[1])
    assert not torch.equal(outputs[1], outputs[2])
    assert (outputs[1] - outputs[0]).norm() < 0.1 * outputs[0].norm()
    assert all(torch.equal(value, model.state_dict()[name]) for name, value in before.items())
    assert not model._forward_hooks


def test_every_way_that_can_be_asked_for_by_name_exists():
    assert set(MODES) == {*PRECISIONS, *(way.value for way in Precision)}
