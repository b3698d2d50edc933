"""The hypotheses of the training rungs, on a recorded bundle and a wrong candidate."""

import importlib.util
from pathlib import Path

import pytest

from scaffold.core.comparison import Rung
from scaffold.parity.causes import diagnose_rung
from scaffold.parity.weightmap import WeightMap
from scaffold.trace import subject

RUNGS = Path(__file__).parents[1] / "rungs"
TWIN = RUNGS / "twin"
CASES = {
    "loss, summed": (
        Rung.LOSS,
        "classification value",
        ("(weight * each).mean()", "(weight * each).sum()"),
        "reduction",
    ),
    "loss, gradient only": (
        Rung.LOSS,
        "classification gradient",
        (".square().detach()", ".square()"),
        "gradient-stopped",
    ),
    "loss, weight of a term": (Rung.LOSS, "z value", ("1e-4 *", "2e-4 *"), "scale"),
    "optimizer, beta2": (Rung.OPTIMIZER, "places update", ("0.999)", "0.98)"), "opt-moments"),
    "optimizer, decay on all": (
        Rung.OPTIMIZER,
        "places update",
        ('"weight_decay": 0.0}', '"weight_decay": 0.05}'),
        "decay-group",
    ),
    "optimizer, coupled": (
        Rung.OPTIMIZER,
        "places update",
        ("torch.optim.AdamW(", "torch.optim.Adam("),
        "decay-coupling",
    ),
    "schedule, warm-up from zero": (
        Rung.SCHEDULE,
        "lr of places",
        ("(step + 1) / warm", "step / warm"),
        "warm-up",
    ),
    "schedule, whole run": (
        Rung.SCHEDULE,
        "lr of places",
        ("(total - warm)", "total"),
        "schedule-length",
    ),
    "init, torch's own": (
        Rung.INIT,
        "blocks.0.up.weight",
        ("nn.init.uniform_(weight, -bound, bound)", "nn.init.kaiming_uniform_(weight, a=5**0.5)"),
        "init-family",
    ),
    "init, a bias": (
        Rung.INIT,
        "patches.bias",
        ("nn.init.zeros_(self.patches.bias)", "pass"),
        "init-constant",
    ),
    "state, momentum": (
        Rung.STATE,
        "batch_norm.running_mean",
        ("momentum=0.1", "momentum=0.9"),
        "momentum",
    ),
}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    spec = importlib.util.spec_from_file_location("recording_of_rungs", RUNGS / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.recorded(tmp_path_factory.mktemp("twin") / "goldens")


@pytest.fixture
def diagnosed(bundle, tmp_path):
    def run(rung, item, change):
        text = (TWIN / "ours.py").read_text(encoding="utf-8")
        assert change[0] in text
        path = tmp_path / "ours.py"
        path.write_text(text.replace(*change), encoding="utf-8")
        weights = WeightMap.read(TWIN / "weights.map.toml")
        return diagnose_rung(rung, bundle, subject.load(path), weights, item)

    return run


@pytest.mark.parametrize("name", CASES)
def test_the_cause_on_a_rung_is_named(name, diagnosed):
    rung, item, change, expected = CASES[name]

    found = diagnosed(rung, item, change)

    assert expected in [fit.hypothesis for fit in found.fits], found.sentences
    assert len(found.fits) <= 2


@pytest.mark.parametrize(
    ("rung", "item"),
    [
        (Rung.LOSS, "total value"),
        (Rung.OPTIMIZER, "places update"),
        (Rung.SCHEDULE, "lr of places"),
        (Rung.INIT, "places"),
        (Rung.STATE, "batch_norm.running_var"),
    ],
)
def test_a_rung_that_agrees_has_no_cause(rung, item, diagnosed):
    found = diagnosed(rung, item, ("", ""))

    assert not found.found
    assert found.note.endswith("agrees: there is no cause")


def test_a_rung_without_hypotheses_is_said(diagnosed):
    assert diagnosed(Rung.TRACE, "loss", ("", "")).sentences == (
        "the rung trace has no hypotheses of its own: mend the rungs below it first",
    )


def test_an_item_on_one_side_is_said(diagnosed):
    assert diagnosed(Rung.INIT, "nowhere", ("", "")).sentences == (
        "nowhere is on one side only, so nothing could be run",
    )
    assert diagnosed(Rung.SCHEDULE, "lr of nowhere", ("", "")).sentences == (
        "nowhere has no rate on one side, so nothing could be run",
    )
