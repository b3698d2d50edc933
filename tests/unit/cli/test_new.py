import json


def test_a_repository_is_made_and_the_next_commands_are_told(scaffold, tmp_path):
    said = scaffold("new", "out", "--defaults", "--house", "h")

    head, commit, rest = said.out.partition("\n  first commit ")
    assert said.code == 0
    assert head == f"made {tmp_path}/out\n  2 files from the house small 1"
    assert commit
    assert rest[10:] == "\n\nnext:\n  cd out\n  git log --stat\n"


def test_without_git_there_is_no_commit(scaffold, tmp_path):
    said = scaffold("new", "out", "--defaults", "--house", "h", "--no-git")

    assert said.code == 0
    assert "commit" not in said.out
    assert not (tmp_path / "out" / ".git").exists()


def test_a_dry_run_shows_the_tree_and_writes_nothing(scaffold, tmp_path):
    said = scaffold("new", "out", "--defaults", "--house", "h", "--dry-run")

    assert said.code == 0
    assert (
        said.out
        == f"""{tmp_path}/out
├── .scaffold/           What was generated, from what, and what later updates merge from
│   └── lock.json
├── src/                 The code
│   └── my_net/
│       └── __init__.py
└── README.md            What it is

would write 6 files, 0 in the place of others,
and make one commit; nothing was written
"""
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["h"]


def test_a_program_reads_what_was_made(scaffold, tmp_path):
    said = scaffold("new", "out", "--house", "h", "--set", "name=a", "--defaults", "--format=json")

    found = json.loads(said.out)
    assert found["schema"] == 1
    assert found["destination"] == str(tmp_path / "out")
    assert found["answers"] == {"name": "a", "package": "a"}
    assert found["files"][-2:] == [
        {"path": "README.md", "action": "write", "purpose": "What it is"},
        {"path": "src/a/__init__.py", "action": "write", "purpose": ""},
    ]
    assert len(found["commit"]) == 40
    assert (found["written"], found["backup"]) == (True, None)
    assert found["next"] == ["cd out", "git log --stat"]


def test_answers_come_from_a_file_and_from_the_command(scaffold, tmp_path):
    (tmp_path / "a.toml").write_text('name = "one"\npackage = "two"\n')

    scaffold("new", "out", "--house", "h", "--answers", "a.toml", "--set", "name=three")

    assert (tmp_path / "out" / "README.md").read_text() == "# three\n"
    assert (tmp_path / "out" / "src" / "two").is_dir()


def test_without_a_terminal_nothing_is_guessed(scaffold):
    said = scaffold("new", "out", "--house", "h")

    assert said.code == 2
    assert said.err == (
        "scaffold: answers: no answer for name, package, and no terminal to ask on\n"
        "  try: add --defaults to take the defaults, or give answers by --set or --answers\n"
    )


def test_what_was_there_is_kept_and_its_place_is_told(scaffold, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "README.md").write_text("mine\n")

    said = scaffold("new", "out", "--defaults", "--house", "h", "--force")

    assert said.code == 0
    assert f"  1 files that were there are kept in {tmp_path}/out.before-1\n" in said.out
    assert (tmp_path / "out.before-1" / "README.md").read_text() == "mine\n"


def test_the_current_folder_is_named_in_full(scaffold, tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")

    said = scaffold("new", ".", "--defaults", "--house", "../h")

    assert f"next:\n  cd {tmp_path}/out\n" in said.out
