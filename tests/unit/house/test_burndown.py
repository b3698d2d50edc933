"""The table of parts in git tells how far the work was at every commit."""

from __future__ import annotations

import pytest

from scaffold.house.burndown import burndown
from scaffold.house.git import NOBODY, git

ROW = '[[part]]\ntheirs = "m:{0}"\nours = "m:{0}"\nstatus = "{1}"\nplaces = ["{0}"]\n'


@pytest.fixture
def commit(tmp_path):
    git(tmp_path, "init", "--quiet", remedy="")

    def committed(text, day):
        (tmp_path / "parts.toml").write_text(text)
        git(tmp_path, "add", "--all", remedy="")
        when = ("-c", "core.commentChar=#", *NOBODY, "commit", "-qm", "x", f"--date={day}")
        git(tmp_path, *when, remedy="")

    return committed


def table(*states):
    return "schema = 1\n" + "".join(ROW.format(f"c{n}", one) for n, one in enumerate(states))


def test_there_is_a_mark_for_every_commit_that_changed_the_table(commit, tmp_path):
    commit(table("delegated", "delegated", "delegated"), "2026-01-01")
    commit("no table at all [", "2026-01-02")
    commit(table("written", "taken", "delegated"), "2026-01-03")
    commit(table("written", "written", "written"), "2026-01-04")

    marks = burndown(tmp_path)

    assert [(one.written, one.classes, one.left) for one in marks] == [
        (0, 3, 3),
        (1, 3, 2),
        (3, 3, 0),
    ]
    assert marks[0].when <= marks[-1].when


def test_where_git_knows_nothing_there_is_none(tmp_path):
    assert burndown(tmp_path) == ()
