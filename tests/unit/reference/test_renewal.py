import numpy as np
import pytest

from scaffold.core.comparison import Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.golden import Bundle, Writer
from scaffold.reference.renewal import renewed


def recorder(value, seen=None):
    """A reference whose one output is a constant."""

    def run(folder):
        if seen is not None:
            seen.append(folder)
        writer = Writer()
        writer.add(np.full(4, value, dtype=np.float32), role="output", kind="Linear", order=3)
        writer.table("loss", {"refused": {}})
        return writer.write(folder, provenance={"seed": 0})

    return run


@pytest.fixture
def folder(tmp_path):
    renewed(tmp_path / "twin", recorder(1.0))
    return tmp_path / "twin"


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_first_recording_is_written(tmp_path):
    renewal = renewed(tmp_path / "goldens" / "twin", recorder(1.0))

    assert (renewal.written, renewal.settled, renewal.drift) == (True, True, None)
    assert Bundle.read(tmp_path / "goldens" / "twin").entries[0].kind == "Linear"
    assert [path.name for path in (tmp_path / "goldens").iterdir()] == ["twin"]


def test_what_is_written_is_what_the_recorder_gave(folder, tmp_path):
    recorder(1.0)(tmp_path / "plain")

    assert content(folder) == content(tmp_path / "plain")


def test_an_equal_recording_leaves_the_bundle_alone(folder):
    before = content(folder)

    renewal = renewed(folder, recorder(1.0))

    assert (renewal.written, renewal.settled) == (False, True)
    assert renewal.drift.verdict is Verdict.EQUAL
    assert content(folder) == before


def test_an_equal_recording_is_not_written_as_an_update_either(folder):
    before = content(folder)

    assert not renewed(folder, recorder(1.0), update=True, reason="to be sure").written
    assert content(folder) == before


def test_a_recording_within_rounding_leaves_the_bundle_alone_and_is_settled(folder):
    renewal = renewed(folder, recorder(np.nextafter(np.float32(1), np.float32(2))))

    assert (renewal.written, renewal.settled) == (False, True)
    assert renewal.drift.verdict is Verdict.ROUNDING


def test_a_different_recording_is_refused(folder):
    before = content(folder)

    renewal = renewed(folder, recorder(2.0))

    assert (renewal.written, renewal.settled) == (False, False)
    assert renewal.drift.verdict is Verdict.DIFFERENT
    assert content(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["twin"]


def test_an_update_replaces_the_bundle_and_keeps_every_reason(folder):
    renewed(folder, recorder(2.0), update=True, reason="eps was wrong")
    renewal = renewed(folder, recorder(3.0), update=True, reason="new weights")

    updates = Bundle.read(folder).provenance["updates"]
    assert renewal.written
    assert [update["reason"] for update in updates] == ["eps was wrong", "new weights"]
    assert all(len(update["replaced"]) == 1 for update in updates)
    assert Bundle.read(folder).provenance["seed"] == 0


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_update_without_a_reason_is_refused_before_anything_runs(folder, reason):
    seen = []

    with pytest.raises(ScaffoldError) as refused:
        renewed(folder, recorder(2.0, seen), update=True, reason=reason)

    assert seen == []
    assert refused.value.what == "an update needs a reason, which is kept in the manifest"
    assert refused.value.where == "--update"
    assert refused.value.remedy == 'add --reason "why the goldens change"'


def test_a_recorder_that_fails_leaves_the_bundle_and_nothing_else(folder):
    before = content(folder)

    def failing(beside):
        recorder(2.0)(beside)
        raise ScaffoldError("no", where="adapter.py", remedy="mend it")

    with pytest.raises(ScaffoldError, match=r"adapter\.py: no"):
        renewed(folder, failing, update=True, reason="x")
    assert content(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["twin"]


def test_a_folder_with_other_files_is_never_replaced(folder):
    (folder / "notes.txt").write_text("mine")

    with pytest.raises(ScaffoldError, match=r"holds notes\.txt, which no bundle contains"):
        renewed(folder, recorder(2.0), update=True, reason="x")
    assert (folder / "notes.txt").read_text() == "mine"


def test_unrest_is_measured_when_the_first_look_finds_a_difference(folder):
    asked = []

    def unrest(bundle):
        asked.append(bundle)
        return {bundle.entries[0].id: 1e9}

    assert renewed(folder, recorder(1.0), unrest=unrest).drift.verdict is Verdict.EQUAL
    assert asked == []
    assert renewed(folder, recorder(2.0), unrest=unrest).drift.verdict is Verdict.ROUNDING
    assert len(asked) == 1


def test_a_place_that_cannot_be_written_is_named_before_the_reference_runs(tmp_path):
    (tmp_path / "file").write_text("in the way")
    ran = []

    with pytest.raises(ScaffoldError) as caught:
        renewed(tmp_path / "file" / "bundle", ran.append)

    assert str(caught.value) == (
        f"{tmp_path / 'file' / 'bundle'}: no bundle can be written here: Not a directory\n"
        "  try: look at its permissions and its space, or name another folder"
    )
    assert not ran


def test_what_was_recorded_is_moved_and_not_written_again(tmp_path):
    written = []

    def recording(folder):
        recorder(1.0)(folder)
        written.extend(path.stat().st_ino for path in folder.glob("tensors-*"))

    renewed(tmp_path / "twin", recording)

    assert [path.stat().st_ino for path in (tmp_path / "twin").glob("tensors-*")] == written


def test_a_bundle_that_a_killed_update_left_aside_is_compared_with(folder):
    folder.rename(folder.with_name(f".{folder.name}.old"))

    renewal = renewed(folder, recorder(2.0))

    assert renewal.drift.verdict is Verdict.DIFFERENT
    assert Bundle.read(folder).entries[0].kind == "Linear"
