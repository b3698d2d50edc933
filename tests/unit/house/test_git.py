"""Git is run without what the user has set, and its failures are told."""

from __future__ import annotations

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.house.git import git, run


def test_nothing_of_the_user_steers_it(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    hook = tmp_path / "hooks" / "pre-commit"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    git(tmp_path, "init", "--quiet", remedy="")
    git(tmp_path, "config", "core.hooksPath", str(hook.parent), remedy="")

    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    git(tmp_path, *who, "commit", "--allow-empty", "-m", "one", remedy="")

    assert git(tmp_path, "log", "--format=%s", remedy="") == "one\n"


def test_a_failure_names_the_verb_and_what_git_said(tmp_path):
    with pytest.raises(ScaffoldError, match=r"git log: fatal: not a git.*\n  try: look there"):
        git(tmp_path, "-c", "a.b=c", "log", remedy="look there")


def test_a_git_that_is_not_there_or_hangs_is_said(tmp_path, monkeypatch):
    fake = tmp_path / "git"
    fake.write_text("#!/bin/sh\nexec /bin/sleep 5\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ScaffoldError, match=r"git status: takes longer than 0.1 s"):
        run(tmp_path, "status", seconds=0.1)
    fake.unlink()
    with pytest.raises(ScaffoldError, match=r"no git on the PATH\n  try: install git"):
        run(tmp_path, "status")
