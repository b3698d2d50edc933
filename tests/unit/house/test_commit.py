import subprocess

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.house.commit import first_commit


def git(folder, *arguments):
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of nobody, with a git that would run hooks, sign, ignore and convert."""
    folder = tmp_path / "home"
    hooks = folder / "hooks"
    hooks.mkdir(parents=True)
    (hooks / "pre-commit").write_text("#!/bin/sh\nexit 1\n")
    (hooks / "pre-commit").chmod(0o755)
    (folder / "ignored").write_text("*.md\n")
    (folder / ".gitconfig").write_text(
        f"[core]\nhooksPath = {hooks}\nexcludesFile = {folder}/ignored\nautocrlf = true\n"
        "[commit]\ngpgSign = true\n[gpg]\nprogram = /bin/false\n[init]\ndefaultBranch = trunk\n"
    )
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return folder


@pytest.mark.usefixtures("home")
def test_all_of_a_folder_is_committed_once_whatever_the_users_git_does(draw):
    folder = draw({"a.md": "a\r\n", "b": "b"})

    commit = first_commit(folder, "Begin")

    assert git(folder, "ls-files").split() == ["a.md", "b"]
    assert git(folder, "log", "--format=%H %s %an <%ae>") == (
        f"{commit} Begin scaffold <scaffold@localhost>"
    )
    assert git(folder, "branch", "--show-current") == "main"
    assert git(folder, "cat-file", "-s", "HEAD:a.md") == "3"


def test_a_user_who_has_a_name_is_the_author(draw, home):
    config = home / ".gitconfig"
    config.write_text(config.read_text() + "[user]\nname = Ada\nemail = ada@x.test\n")
    folder = draw({"a": ""})

    first_commit(folder, "Begin")

    assert git(folder, "log", "--format=%an <%ae>") == "Ada <ada@x.test>"


@pytest.mark.usefixtures("home")
def test_variables_that_point_git_elsewhere_have_no_say(draw, monkeypatch):
    elsewhere = draw({}, "elsewhere")
    monkeypatch.setenv("GIT_DIR", str(elsewhere))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "somebody")
    folder = draw({"a": ""})

    first_commit(folder, "Begin")

    assert list(elsewhere.iterdir()) == []
    assert (folder / ".git").is_dir()


@pytest.mark.usefixtures("home")
def test_what_git_says_is_passed_on(draw):
    with pytest.raises(ScaffoldError) as caught:
        first_commit(draw({}), "Begin")

    assert caught.value.where == "git commit"
    assert caught.value.what.startswith("the first commit failed: ")
    assert caught.value.remedy == "mend what git names, or add --no-git"


@pytest.mark.usefixtures("home")
def test_without_git_it_is_said(draw, monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(ScaffoldError) as caught:
        first_commit(draw({"a": ""}), "Begin")

    assert str(caught.value) == (
        "git: there is no git on the PATH\n  try: install git, or add --no-git"
    )
