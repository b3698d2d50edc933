"""A patch of some files is what git applies."""

from __future__ import annotations

from pathlib import PurePosixPath

from scaffold.house.git import git
from scaffold.report.patch import patch

BEFORE = {"gone.txt": b"one\n", "kept.txt": b"a\nb\nc", "ends.txt": b"x\n"}
AFTER = {"kept.txt": b"a\nB\nc", "ends.txt": b"x", "new/file.txt": b"new\n"}


def test_git_applies_what_is_added_changed_removed_and_without_a_last_line_feed(tmp_path):
    for name, content in BEFORE.items():
        (tmp_path / name).write_bytes(content)

    text = patch(
        (PurePosixPath(name), BEFORE.get(name), AFTER.get(name)) for name in {*BEFORE, *AFTER}
    )
    git(tmp_path, "apply", "-", given=text.encode(), remedy="")

    found = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    assert found == AFTER


def test_what_stays_as_it_is_is_left_out():
    assert patch([(PurePosixPath("a"), b"same\n", b"same\n")]) == ""
