"""What is written is read again, and what is not whole is refused."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.golden import SCHEMA, Bundle, Writer, digest, manifest_of


@pytest.fixture
def folder(tmp_path):
    writer = Writer()
    ones = np.ones((2, 3), "f4")
    writer.add(ones, role="input", part="a", kind="Linear", probe="normal")
    writer.add(ones, role="output", part="b", kind="Norm", call=1, order=4, leaf="0.x")
    writer.add(np.array(3), role="count")
    writer.table("schedule", {"rates": [0.1, 0.2]})
    return writer.write(tmp_path / "twin", provenance={"seed": 0})


def test_what_was_written_is_read(folder):
    bundle = Bundle.read(folder)

    (entry,) = bundle.select(role="output", part="b")
    assert (entry.kind, entry.call, entry.order, entry.leaf) == ("Norm", 1, 4, "0.x")
    assert entry.id == "output:b#1:0.x@"
    assert (entry.dtype, entry.shape) == ("float32", (2, 3))
    np.testing.assert_array_equal(bundle.array(entry), np.ones((2, 3)))
    assert bundle.array(bundle.select(role="count")[0]).shape == ()
    assert bundle.table("schedule") == {"rates": [0.1, 0.2]}
    assert bundle.provenance == {"seed": 0}


def test_a_golden_cannot_be_written_into(folder):
    bundle = Bundle.read(folder)

    with pytest.raises(ValueError, match="read-only"):
        bundle.array(bundle.entries[0])[0, 0] = 2.0


def test_selecting_asks_for_everything_at_once(folder):
    bundle = Bundle.read(folder)

    assert len(bundle.select(role="input", probe="normal")) == 1
    assert bundle.select(role="input", part="b") == ()


def test_a_table_that_is_not_there_is_named(folder):
    with pytest.raises(ScaffoldError, match="the bundle has no table 'groups'"):
        Bundle.read(folder).table("groups")


def test_the_manifest_is_read_without_numpy(folder):
    code = (
        "import sys; from scaffold.golden import manifest_of; from pathlib import Path;"
        f"print(len(manifest_of(Path({str(folder)!r}))['entries']), 'numpy' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["3", "False"]


def test_the_manifest_gives_entries_as_dictionaries(folder):
    manifest = Bundle.manifest_of(folder)

    assert manifest["schema"] == SCHEMA
    assert manifest["entries"][0]["part"] == "a"
    assert manifest["entries"][0]["shape"] == (2, 3)


def test_a_missing_bundle_is_named(tmp_path):
    with pytest.raises(ScaffoldError, match="twin: there is no bundle here") as raised:
        Bundle.read(tmp_path / "twin")
    assert raised.value.remedy == "record the bundle again with `scaffold record`"


def test_a_missing_shard_is_named(folder):
    (folder / "tensors-00.safetensors").unlink()

    with pytest.raises(ScaffoldError, match=r"tensors-00\.safetensors: a shard is missing"):
        Bundle.read(folder)


def test_a_truncated_shard_is_named_with_its_size(folder):
    shard = folder / "tensors-00.safetensors"
    whole = shard.read_bytes()
    shard.write_bytes(whole[:-5])

    with pytest.raises(ScaffoldError) as raised:
        Bundle.read(folder)
    assert raised.value.what == f"the shard is truncated: {len(whole) - 5} of {len(whole)} bytes"


def test_a_shard_with_other_bytes_is_refused(folder):
    shard = folder / "tensors-00.safetensors"
    shard.write_bytes(shard.read_bytes()[:-1] + b"\x01")

    with pytest.raises(ScaffoldError, match="is not the one that was recorded"):
        Bundle.read(folder)


def test_a_newer_schema_asks_for_a_newer_version(folder):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "schema": SCHEMA + 1}))

    with pytest.raises(ScaffoldError, match="has schema 2, and this version reads up to 1") as err:
        manifest_of(folder)
    assert err.value.remedy == "install a newer refscaffold"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "the manifest is no JSON"),
        ("[]", "the manifest names no schema"),
        ('{"schema": 1}', "the manifest is damaged (KeyError: 'tensors')"),
        ('{"schema": 1, "tensors": [], "columns": [], "entries": [1]}', "the manifest is damaged"),
    ],
)
def test_a_manifest_that_is_damaged_is_refused(folder, text, said):
    (folder / "manifest.json").write_text(text)

    with pytest.raises(ScaffoldError) as raised:
        manifest_of(folder)
    assert raised.value.what.startswith(said)


def test_a_shard_that_is_no_safetensors_is_refused(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    shard = folder / "tensors-00.safetensors"
    shard.write_bytes(b"\xff" * 64)
    manifest["shards"][0].update(bytes=64, hash=digest.of_file(shard))
    (folder / "manifest.json").write_text(json.dumps(manifest))
    bundle = Bundle.read(folder)

    with pytest.raises(ScaffoldError, match="the shard cannot be read"):
        bundle.array(bundle.entries[0])


def test_selecting_looks_at_the_smallest_group_alone(folder):
    """Work grows with what is asked for, and not with the bundle."""
    bundle = Bundle.read(folder)
    bundle.select(role="count")
    bundle._index["role"]["count"].clear()

    assert bundle.select(role="count") == ()
    assert len(bundle.select()) == 3


def test_a_golden_can_be_asked_for_again_after_it_was_released(folder):
    bundle = Bundle.read(folder)
    (entry,) = bundle.select(role="input")

    held = bundle.array(entry)
    bundle.release()

    np.testing.assert_array_equal(held, np.ones((2, 3)))
    np.testing.assert_array_equal(bundle.array(entry), np.ones((2, 3)))


def test_what_was_written_just_now_is_not_hashed_again_but_must_be_whole(folder):
    shard = folder / "tensors-00.safetensors"
    shard.write_bytes(shard.read_bytes()[:-5])

    with pytest.raises(ScaffoldError, match="the shard is truncated"):
        Bundle.read(folder, written_now=True)
