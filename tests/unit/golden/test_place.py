"""A bundle is moved into its place in one step; a process that was killed between is made good."""

from __future__ import annotations

import numpy as np
import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.golden import Bundle, Writer
from scaffold.golden.place import moved, restored


def bundle(folder, value):
    writer = Writer()
    writer.add(np.full(2, value), role="a")
    return writer.write(folder)


def value(folder):
    read = Bundle.read(folder)
    return read.array(read.entries[0])[0]


def test_a_bundle_takes_the_place_of_another(tmp_path):
    moved(bundle(tmp_path / "new", 2.0), bundle(tmp_path / "twin", 1.0))

    assert value(tmp_path / "twin") == 2.0
    assert [path.name for path in tmp_path.iterdir()] == ["twin"]


def test_a_place_with_other_things_is_refused(tmp_path):
    (tmp_path / "twin").mkdir()
    (tmp_path / "twin" / "notes.md").write_text("mine")
    new = bundle(tmp_path / "new", 2.0)

    with pytest.raises(ScaffoldError, match=r"holds notes\.md, which no bundle contains"):
        moved(new, tmp_path / "twin")
    assert value(new) == 2.0


def test_what_was_there_is_back_when_moving_fails(tmp_path):
    twin = bundle(tmp_path / "twin", 1.0)

    with pytest.raises(ScaffoldError) as raised:
        moved(tmp_path / "nothing", twin)
    assert raised.value.what == "cannot be written: No such file or directory"
    assert value(twin) == 1.0


def test_what_a_killed_process_had_moved_aside_is_put_back(tmp_path):
    bundle(tmp_path / "twin", 1.0).rename(tmp_path / ".twin.old")

    restored(tmp_path / "twin")

    assert value(tmp_path / "twin") == 1.0


def test_nothing_is_put_back_over_a_bundle(tmp_path):
    bundle(tmp_path / "old", 1.0).rename(tmp_path / ".twin.old")
    bundle(tmp_path / "twin", 2.0)

    restored(tmp_path / "twin")

    assert value(tmp_path / "twin") == 2.0
