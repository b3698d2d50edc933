"""What theirs gives is recorded for every rung that its adapter has what it takes for."""

import importlib.util
from pathlib import Path

import pytest

from scaffold.core.comparison import Rung
from scaffold.golden import Bundle, Writer
from scaffold.reference.recording import Recording
from scaffold.reference.rungs import record
from scaffold.trace import roles, subject
from scaffold.trace.offered import silence

THEIRS = Path(__file__).parents[2] / "parity" / "rungs" / "twin" / "theirs.py"
ROLES = {
    roles.LOSS_VALUE,
    roles.GRADIENT,
    roles.UPDATE,
    roles.SCHEDULE_RATE,
    roles.BUILT,
    roles.STEP_STATE,
    roles.TRACE_LOSS,
    roles.PART_COTANGENT,
    roles.TRAIN_OUTPUT,
}


def recorded(folder, text):
    path = folder / "theirs.py"
    path.write_text(text, encoding="utf-8")
    theirs, writer = subject.load(path), Writer()
    inputs, target = theirs.example_batch()
    record(
        Recording(
            subject=theirs,
            seed=0,
            weights=theirs.build("twin").state_dict(),
            inputs=inputs,
            target=target,
            writer=writer,
        )
    )
    return Bundle.read(writer.write(folder / "goldens"))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("theirs"), THEIRS.read_text(encoding="utf-8"))


def test_every_rung_about_training_has_goldens(bundle):
    assert {entry.role for entry in bundle.entries} >= ROLES


def test_the_goldens_of_the_twin_stay_below_half_a_megabyte(bundle):
    """What a part takes and gives is in it once; a whole bundle has that from the forward rung."""
    assert sum(path.stat().st_size for path in bundle.folder.iterdir()) < 500_000


def test_a_case_that_the_loss_refuses_is_named_with_the_reason(bundle):
    assert list(bundle.table(roles.LOSS)["refused"]) == ["ignored"]
    assert "index -100 is out of bounds" in bundle.table(roles.LOSS)["refused"]["ignored"]


def test_small_tensors_are_built_from_more_seeds_and_constants_from_two(bundle):
    seeds = {entry.part: entry.shape[0] for entry in bundle.select(role=roles.BUILT)}

    assert seeds["positions"] == 8
    assert seeds["encoder.layers.0.self_attn.in_proj_weight"] == 3
    assert seeds["encoder.layers.0.norm1.weight"] == 2


def test_an_adapter_without_training_is_recorded_without_it(tmp_path):
    text = THEIRS.read_text(encoding="utf-8").split("def optimizer")[0]

    found = {entry.role for entry in recorded(tmp_path, text).entries}

    assert found & ROLES == {
        roles.LOSS_VALUE,
        roles.GRADIENT,
        roles.BUILT,
        roles.PART_COTANGENT,
        roles.TRAIN_OUTPUT,
    }


def test_steps_that_draw_random_numbers_are_not_kept_and_the_reason_is(tmp_path):
    text = THEIRS.read_text(encoding="utf-8").replace(
        "self.head(self.encoder(tokens).mean(1))",
        "self.head(nn.functional.dropout(self.encoder(tokens).mean(1), 0.1, self.training))",
    )

    bundle = recorded(tmp_path, text)

    assert not bundle.select(role=roles.STEP_STATE)
    assert not bundle.select(role=roles.TRACE_LOSS)
    for rung in (Rung.STATE, Rung.TRACE):
        assert silence(rung, bundle.tables).startswith("theirs draws random numbers at every")


def test_recording_leaves_no_import_behind():
    assert importlib.util.find_spec("theirs") is None
