"""Same content, same bytes; a place is taken once; an older bundle is replaced as a whole."""

from __future__ import annotations

import numpy as np
import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.golden import Bundle, Writer, writer


def filled(value=1.0):
    made = Writer()
    made.add(np.full(4, value, "f4"), role="input", part="a")
    made.add(np.full(4, value, "f4"), role="output", part="b")
    made.table("z", {"b": 1, "a": [2.5]})
    made.table("a", [])
    return made


def test_the_same_content_gives_the_same_bytes(tmp_path):
    one, two = filled().write(tmp_path / "one"), filled().write(tmp_path / "two")

    assert [p.name for p in sorted(one.iterdir())] == ["manifest.json", "tensors-00.safetensors"]
    for path in one.iterdir():
        assert path.read_bytes() == (two / path.name).read_bytes()


def test_equal_tensors_are_stored_once(tmp_path):
    bundle = Bundle.read(filled().write(tmp_path / "one"))

    assert len(bundle.entries) == 2
    assert len(bundle.manifest["tensors"]) == 1


def test_equal_bytes_of_another_dtype_are_another_tensor(tmp_path):
    made = Writer()
    made.add(np.zeros(4, "f4"), role="a")
    made.add(np.zeros(4, "i4"), role="b")

    bundle = Bundle.read(made.write(tmp_path / "one"))

    assert [bundle.array(entry).dtype.name for entry in bundle.entries] == ["float32", "int32"]


def test_what_is_added_is_copied(tmp_path):
    made, array = Writer(), np.zeros(3, "f4")
    made.add(array, role="a")
    array += 1

    bundle = Bundle.read(made.write(tmp_path / "one"))

    assert not bundle.array(bundle.entries[0]).any()


def test_a_place_is_taken_once():
    made = filled()

    with pytest.raises(ValueError, match=r"^input:a#0:@ was added before$"):
        made.add(np.zeros(1), role="input", part="a")
    with pytest.raises(ValueError, match=r"^table 'z' was added before$"):
        made.table("z", 1)


def test_a_table_with_nan_is_refused(tmp_path):
    made = Writer()
    made.table("t", float("nan"))

    with pytest.raises(ValueError, match="not JSON compliant"):
        made.write(tmp_path / "one")
    assert list(tmp_path.iterdir()) == []


def test_an_older_bundle_is_replaced(tmp_path):
    filled(1.0).write(tmp_path / "one")
    filled(2.0).write(tmp_path / "one")

    bundle = Bundle.read(tmp_path / "one")

    assert bundle.array(bundle.entries[0])[0] == 2.0
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_a_folder_that_holds_other_things_is_left_alone(tmp_path):
    (tmp_path / "notes.md").write_text("mine")

    with pytest.raises(ScaffoldError, match=r"holds notes\.md, which no bundle contains"):
        filled().write(tmp_path)
    assert (tmp_path / "notes.md").read_text() == "mine"


def test_a_file_is_no_place_for_a_bundle(tmp_path):
    (tmp_path / "one").write_text("mine")

    with pytest.raises(ScaffoldError, match="is a file, and a bundle is a folder"):
        filled().write(tmp_path / "one")


def test_a_full_shard_is_closed_and_the_next_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "SHARD_BYTES", 20)
    made = Writer()
    for value in range(3):
        made.add(np.full(4, value, "f4"), role="a", part=str(value))

    bundle = Bundle.read(made.write(tmp_path / "one"))

    assert len(bundle.manifest["shards"]) == 3
    assert [bundle.array(entry)[0] for entry in bundle.entries] == [0.0, 1.0, 2.0]


def test_an_empty_bundle_is_a_bundle(tmp_path):
    assert Bundle.read(Writer().write(tmp_path / "one")).entries == ()


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ScaffoldError) as caught:
        filled().write(tmp_path / "file" / "bundle")

    assert caught.value.what == "cannot be written: Not a directory"
    assert caught.value.where == str(tmp_path / "file" / "bundle")
    assert (tmp_path / "file").read_text() == "in the way"


def test_what_nobody_will_write_to_is_held_and_not_copied(tmp_path):
    made, array = Writer(), np.zeros(3, "f4")
    made.add(array, role="a", frozen=True)

    (held,) = made._arrays.values()

    assert np.shares_memory(held, array)
    assert Bundle.read(made.write(tmp_path / "one")).entries[0].shape == (3,)


def test_a_tensor_that_was_added_is_named_again_without_a_hash(monkeypatch):
    made, array = Writer(), np.arange(3.0)
    first = made.add(array, role="a")
    monkeypatch.delattr(writer.digest, "of_array")

    again = made.add(array, role="b", part="x", same_as=first)

    assert (again.hash, again.shape, again.dtype) == (first.hash, (3,), "float64")
    assert again.id == "b:x#0:@"


def test_a_place_that_is_taken_is_found_before_anything_is_copied():
    made = filled()
    held = dict(made._arrays)

    with pytest.raises(ValueError, match="was added before"):
        made.add(np.zeros(9), role="input", part="a")
    assert made._arrays == held
