"""The full model is recorded by sketches, with weights that are drawn and not stored."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from scaffold.core.errors import ScaffoldError
from scaffold.golden import Bundle, cache
from scaffold.golden.sketch import sketch
from scaffold.golden.sketched import Sketches, calls_of
from scaffold.reference.drift import between
from scaffold.reference.full import record_full, rows_of
from scaffold.trace import drawn, subject
from scaffold.trace.forward import traced

DEEP = Path(__file__).parent / "deep" / "adapter.py"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """Recorded outside of this project's repository, which has a commit of its own."""
    folder = tmp_path_factory.mktemp("full")
    return record_full(shutil.copy(DEEP, folder / "adapter.py"), folder / "full")


def test_recording_twice_gives_the_same_bytes_from_any_folder(bundle, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(DEEP, elsewhere / "adapter.py")
    monkeypatch.chdir(tmp_path)

    again = record_full(elsewhere / "adapter.py", tmp_path / "again")

    for path in bundle.folder.iterdir():
        assert path.read_bytes() == (again.folder / path.name).read_bytes()


def test_every_call_has_the_sketch_of_what_a_full_trace_sees(bundle):
    model = subject.load(DEEP).build("full").eval()
    rows = bundle.table(drawn.DRAWN)
    state = {
        name: drawn.weight(name, shape, dtype, more, rows["seed"])
        if how == drawn.UNIFORM
        else model.state_dict()[name]
        for name, shape, dtype, how, *more in rows["tensors"]
    }
    model.load_state_dict(state)
    sketches = Sketches.read(bundle)

    for probe, given in bundle.table(drawn.PROBES).items():
        seen = traced(model, drawn.inputs(given, probe, rows["seed"])).calls
        kept = calls_of(bundle, probe)
        assert [(c.part, c.order, c.done) for c in kept] == [
            (c.part, c.order, c.done) for c in seen
        ]
        for call, whole in zip(kept, seen, strict=True):
            for path, number in (*call.inputs.items(), *call.outputs.items()):
                leaf = {**whole.inputs, **whole.outputs}[path]
                if number in call.outputs.values():
                    leaf = whole.outputs.get(path, leaf)
                assert sketches[number].same(sketch(leaf.numpy())), (probe, call.part, path)


def test_it_weighs_little_and_names_no_tensor_twice(bundle):
    sketches = Sketches.read(bundle)
    keys = [sketches.key(number) for number in range(len(sketches))]

    assert sum(path.stat().st_size for path in bundle.folder.iterdir()) < 60_000
    assert len(keys) == len(set(keys))


def test_constants_are_stored_when_small_and_named_by_hash_when_large(bundle):
    how = {row[0]: row[3] for row in bundle.table(drawn.DRAWN)["tensors"]}

    assert how["order"] == drawn.STORED
    assert how["far"] == drawn.BY_HASH
    assert how["bn.num_batches_tracked"] == drawn.STORED
    assert {how[name] for name in ("stem.weight", "bn.running_var", "head.bias")} == {drawn.UNIFORM}
    assert {entry.part for entry in bundle.select(role="weight")} == {
        "order", "bn.num_batches_tracked",
    }  # fmt: skip


def test_a_small_real_batch_is_kept_and_asked(bundle):
    assert bundle.table("probes")["recorded"] == ["normal", "times-20", "low-variance", "real"]
    assert [e.shape for e in bundle.select(role="full_input")] == [(3, 3, 10)]


def test_variances_are_drawn_positive_and_tied_tensors_stay_tied():
    tied = torch.linspace(-1.0, 1.0, 12)
    rows = rows_of({"var": torch.full((400,), 1e-3), "a": tied, "b": tied}, jitter=0.2)

    drawn_var = drawn.weight("var", rows[0][1], "float32", rows[0][4:6], 0)

    assert float(drawn_var.min()) > 0.0
    assert float(drawn_var.std()) > 1e-4
    assert rows[2][-1] == "a"


def test_drawn_weights_have_the_scale_of_the_built_ones():
    built = torch.randn(300, 50) * 0.02 + 0.1
    mean, deviation = drawn.place_of(built, jitter=0.0)

    again = drawn.weight("w", (300, 50), "float32", (mean, deviation), 7)

    assert float(again.mean()) == pytest.approx(0.1, abs=1e-3)
    assert float(again.std()) == pytest.approx(0.02, rel=0.02)
    assert not torch.equal(again, drawn.weight("v", (300, 50), "float32", (mean, deviation), 7))


def plant(tmp_path, *changes):
    text = DEEP.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "planted" / "adapter.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def test_a_deep_model_stays_alive(tmp_path):
    """Weights drawn around the scale that they were built with neither explode nor die out."""
    deep = record_full(plant(tmp_path, ("(24, 3)", "(24, 60)")), tmp_path / "deep")

    sketches = Sketches.read(deep)
    norms = [sketches[number].norm for number in range(len(sketches))]
    assert len(deep.table("parts")) > 240
    assert np.isfinite(norms).all()
    assert min(norms) > 1e-3
    assert max(norms) < 1e6


RESIDUAL_NORMS = (
    ("self.norm = nn.LayerNorm(width, eps=1e-6)", "self.norm = nn.BatchNorm1d(10)"),
    (
        "return x + self.act(self.mix(self.norm(x)))",
        "return 2 * x + self.act(self.mix(self.norm(x)))",
    ),
)


def test_statistics_are_drawn_around_what_reaches_a_batch_norm(tmp_path):
    """As built they would normalise nothing, and what reaches the last head would be 2^60."""
    folder = plant(tmp_path, ("(24, 3)", "(24, 60)"), *RESIDUAL_NORMS)
    grown = record_full(folder, tmp_path / "grown")

    rows = {row[0]: row for row in grown.table(drawn.DRAWN)["tensors"]}
    sketches = Sketches.read(grown)
    calls = {call.part: call for call in calls_of(grown, "normal")}

    def size(part):
        one = sketches[calls[part].outputs[""]]
        return one.norm / one.size**0.5

    assert rows["blocks.59.norm.running_var"][4] > 1e20
    assert rows["blocks.59.norm.running_var"][4] == float(
        f"{rows['blocks.59.norm.running_var'][4]:.1g}"
    )
    assert all(row[5] <= 0.5 * row[4] for name, row in rows.items() if name.endswith("running_var"))
    assert 0.3 < size("blocks.59.norm") < 3.0
    assert 0.3 < size("bn") < 3.0


def test_trained_statistics_stay_as_they_are(tmp_path):
    trained = plant(
        tmp_path,
        ("    return Net(*SIZES[size])",
         "    net = Net(*SIZES[size])\n    net.bn.running_mean.fill_(5.0)\n    return net"),
    )  # fmt: skip
    rows = {row[0]: row for row in record_full(trained, tmp_path / "f").table("drawn")["tensors"]}

    assert rows["bn.running_mean"][4:6] == [5.0, 1.0]


def test_a_jitter_that_is_too_strong_is_halved(tmp_path):
    narrow = (
        "h = block(h)",
        "h = block(h) if block.norm.bias.abs().max() < 0.06 else h * 1e38 * 1e38",
    )

    bundle = record_full(plant(tmp_path, narrow), tmp_path / "full")

    assert bundle.table(drawn.DRAWN)["jitter"] < 0.1


def test_a_model_that_is_dead_anyway_is_refused(tmp_path):
    dead = plant(
        tmp_path, ("return self.head(h) + 0.001 * self.far.sum()", "return self.head(h) * 0")
    )

    with pytest.raises(ScaffoldError) as raised:
        record_full(dead, tmp_path / "full")

    assert raised.value.what.startswith("the output of ")
    assert raised.value.what.endswith(
        "is the same number everywhere in the full model, however small the jitter of the weights"
    )
    assert raised.value.remedy == (
        "let build give weights under which every part is alive, or leave the full model out with "
        "--no-full"
    )
    assert not (tmp_path / "full").exists()


def test_a_batch_of_the_wrong_size_says_how_to_give_another(tmp_path):
    other = plant(tmp_path, ("Conv1d(3, width", "Conv1d(width // 6, width"))

    with pytest.raises(ScaffoldError) as raised:
        record_full(other, tmp_path / "full")

    assert raised.value.what.startswith(
        "the full model refuses a batch of [2, 3, 10] (RuntimeError: Given groups=1"
    )
    assert raised.value.remedy.startswith(
        'let example_batch take a size and give a batch for "full"'
    )


def test_an_example_batch_may_take_a_size(tmp_path):
    sized = plant(
        tmp_path,
        (
            "def example_batch():",
            'def example_batch(size="twin"):\n    long = 14 if size == "full" else 10',
        ),
        ("3 * 3 * 10).reshape(3, 3, 10)", "9 * long).reshape(3, 3, long)"),
    )

    bundle = record_full(sized, tmp_path / "full")

    assert bundle.table(drawn.PROBES)["normal"][0]["shape"] == [2, 3, 14]


def test_with_a_cache_every_tensor_is_there_under_its_hash(bundle, tmp_path):
    full = record_full(DEEP, tmp_path / "full", cache=tmp_path / "cache")

    sketches = Sketches.read(full)
    for number in range(len(sketches)):
        assert sketch(cache.load(tmp_path / "cache", sketches.key(number))).same(sketches[number])
    assert full.provenance["command"] == "scaffold record --seed 0 --tier T1"
    assert between(bundle, full).verdict == "equal"


def test_another_model_is_a_drift_in_the_places_that_changed(bundle, tmp_path):
    other = record_full(plant(tmp_path, ("eps=1e-6", "eps=1e-3")), tmp_path / "full")

    drift = between(bundle, other)

    assert drift.verdict == "different"
    assert any(text.startswith("output:blocks.0.norm#0:@") for text in drift.changed)
    assert not any("stem" in text for text in drift.changed)


def test_a_bundle_without_sketches_is_refused(bundle, tmp_path):
    folder = shutil.copytree(bundle.folder, tmp_path / "full")
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"sketches"', '"scrawls"'))

    with pytest.raises(ScaffoldError, match="holds no sketches"):
        Sketches.read(Bundle.read(folder))
