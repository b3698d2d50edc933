"""A reference, what was recorded from it, and ours with or without a mutation."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from scaffold.golden import Bundle, Writer
from scaffold.parity.weightmap import WeightMap
from scaffold.reference import record as record_whole
from scaffold.reference.recording import Recording
from scaffold.reference.rungs import record
from scaffold.trace import roles, subject
from scaffold.trace.streams import spread

TWIN = Path(__file__).parent / "twin"
TRAINED = Path(__file__).parent / "trained"
OFFERED = Path(__file__).parent / "offered"


def perturbed(model, seed=0):
    """Move every floating tensor by a tenth of its scale, variances upwards only."""
    state = {}
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            size = float(value.square().mean().sqrt()) or 1.0
            moved = value + 0.1 * size * spread(value.shape, seed, "perturbed", name)
            state[name] = moved.abs() if name.endswith("var") else moved
        else:
            state[name] = value
    return state


def recorded(folder, theirs=TWIN / "theirs.py", seed=0):
    reference, writer = subject.load(theirs), Writer()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        weights = perturbed(reference.build("twin"), seed)
    inputs, target = reference.example_batch()
    for name, value in weights.items():
        writer.add(value.numpy(), role=roles.WEIGHT, part=name)
    record(
        Recording(
            subject=reference,
            seed=seed,
            weights=weights,
            inputs=inputs,
            target=target,
            writer=writer,
        )
    )
    return Bundle.read(writer.write(folder))


@pytest.fixture(scope="session")
def record_in(tmp_path_factory):
    """Record theirs with lines replaced: `record_in("name", (old, new), ...)`."""

    def run(name, *changes, seed=0):
        folder = tmp_path_factory.mktemp(name)
        return recorded(folder / "goldens", _changed("theirs.py", folder, changes), seed)

    return run


@pytest.fixture(scope="session")
def bundle(record_in):
    return record_in("twin")


@pytest.fixture(scope="session")
def weights():
    return WeightMap.read(TWIN / "weights.map.toml")


@pytest.fixture
def ours(tmp_path):
    """Load ours with lines replaced: `ours((old, new), ...)`."""
    return lambda *changes: subject.load(_changed("ours.py", tmp_path, changes))


@pytest.fixture(scope="session")
def wrong():
    """Give the rows that do not agree, by item."""
    return lambda rows: {
        row.item: row.judgement for row in rows if not row.judgement.verdict.agrees
    }


@pytest.fixture(scope="session")
def trained_bundle(tmp_path_factory):
    """The reference that differs in training, recorded whole."""
    return record_whole(TRAINED / "theirs.py", tmp_path_factory.mktemp("trained") / "goldens")


@pytest.fixture
def trained_pair(trained_bundle, tmp_path):
    """Give bundle, candidate and map, with text replaced in the candidate."""
    weights = WeightMap.read(TRAINED / "weights.map.toml")
    return lambda *changes: (
        trained_bundle,
        subject.load(_changed("ours.py", tmp_path, changes, TRAINED)),
        weights,
    )


@pytest.fixture(scope="session")
def offered_bundle(tmp_path_factory):
    """The reference that offers what an adapter may leave out, recorded whole."""
    return record_whole(OFFERED / "theirs.py", tmp_path_factory.mktemp("offered") / "goldens")


@pytest.fixture
def offered_pair(offered_bundle, tmp_path):
    """Give bundle, candidate and map, with text replaced in the candidate."""
    weights = WeightMap.read(OFFERED / "weights.map.toml")
    return lambda *changes: (
        offered_bundle,
        subject.load(_changed("ours.py", tmp_path, changes, OFFERED)),
        weights,
    )


def _changed(name, folder, changes, source=TWIN):
    text = (source / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"{name} has no {old!r} to replace"
        text = text.replace(old, new)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
