import os
from pathlib import PurePosixPath

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.house.apply import apply
from scaffold.house.plan import File, Plan, Write, plan_new

A, B = PurePosixPath("a"), PurePosixPath("d/e/b.sh")
FILES = {A: File(content=b"a"), B: File(content=b"b", executable=True)}


def put(destination, *, force=False, finish=None):
    return apply(plan_new(destination, FILES, force=force), finish=finish)


def contents(root):
    return {str(p.relative_to(root)): p.read_text() for p in root.rglob("*") if p.is_file()}


def test_files_are_made_with_their_folders_and_rights(tmp_path):
    out = tmp_path / "new" / "out"

    assert put(out) is None

    assert contents(tmp_path) == {"new/out/a": "a", "new/out/d/e/b.sh": "b"}
    assert os.access(out / B, os.X_OK)
    assert not os.access(out / A, os.X_OK)


def test_the_finishing_touch_comes_before_the_destination_is_there(tmp_path):
    out = tmp_path / "out"
    seen = []

    def finish(folder):
        seen.append((out.exists(), contents(folder)))
        (folder / "c").write_text("c")

    put(out, finish=finish)

    assert seen == [(False, {"a": "a", "d/e/b.sh": "b"})]
    assert contents(out)["c"] == "c"


def test_what_fails_leaves_nothing_behind(tmp_path):
    def finish(_):
        raise ScaffoldError("no", where="w", remedy="r")

    with pytest.raises(ScaffoldError, match="w: no"):
        put(tmp_path / "out", finish=finish)

    assert list(tmp_path.iterdir()) == []


def test_with_force_all_of_theirs_stays_and_what_was_replaced_is_kept(draw, tmp_path):
    out = draw({"a": "old", "mine": "m", "d/f": "f"})
    (out / "mine").chmod(0o640)

    backup = put(out, force=True)

    assert contents(out) == {"a": "a", "d/e/b.sh": "b", "mine": "m", "d/f": "f"}
    assert (out / "mine").stat().st_mode & 0o777 == 0o640
    assert backup == tmp_path / "drawn.before-1"
    assert contents(backup) == {"a": "old"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["drawn", "drawn.before-1"]


def test_a_second_backup_gets_a_second_name(draw, tmp_path):
    draw({"a": "older"}, "drawn.before-1")

    assert put(draw({"a": "old"}), force=True) == tmp_path / "drawn.before-2"
    assert contents(tmp_path / "drawn.before-1") == {"a": "older"}


def test_with_force_and_nothing_to_replace_there_is_no_backup(draw):
    assert put(draw({"mine": "m"}), force=True) is None


def test_what_comes_while_a_destination_is_replaced_is_kept_too(draw, tmp_path):
    out = draw({"mine": "m"})

    backup = put(out, force=True, finish=lambda _: (out / "late").write_text("late"))

    assert contents(backup) == {"late": "late"}
    assert contents(out) == {"a": "a", "d/e/b.sh": "b", "mine": "m"}
    assert backup == tmp_path / "drawn.before-1"


def test_a_link_that_appears_in_the_way_is_not_followed(tmp_path):
    """The plan was made for an absent destination; meanwhile somebody put a link there."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out = tmp_path / "out"
    plan = plan_new(out, FILES, force=False)
    out.symlink_to(elsewhere)

    with pytest.raises(ScaffoldError, match="could not be written: Not a directory; nothing was"):
        apply(plan)

    assert list(elsewhere.iterdir()) == []


def test_a_path_through_a_link_is_not_written(draw, tmp_path):
    elsewhere = draw({}, "elsewhere")
    out = tmp_path / "out"

    def write_through(folder):
        (folder / "x").symlink_to(elsewhere)
        steps = (Write(path=PurePosixPath("x/y"), file=FILES[A]),)
        apply(Plan(destination=folder, steps=steps, occupied=True))

    with pytest.raises(ScaffoldError, match="could not be written"):
        put(out, finish=write_through)

    assert list(elsewhere.iterdir()) == []
    assert not out.exists()


def test_a_destination_that_filled_up_meanwhile_is_left_alone(tmp_path):
    out = tmp_path / "out"
    plan = plan_new(out, FILES, force=False)
    out.mkdir()
    (out / "theirs").write_text("t")

    with pytest.raises(ScaffoldError) as caught:
        apply(plan)

    assert str(caught.value) == (
        f"{out}: could not be written: Directory not empty; nothing was changed\n"
        "  try: look at the permissions of the folder above it, or name another place"
    )
    assert contents(out) == {"theirs": "t"}
