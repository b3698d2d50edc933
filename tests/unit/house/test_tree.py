import os
from pathlib import PurePosixPath

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.house.tree import Kind, Tree


def test_a_tree_holds_files_and_folders_in_one_order(draw):
    tree = Tree.of(draw({"b/x": "", "a": "", "b.txt": ""}))

    assert [str(entry.path) for entry in tree.entries] == ["a", "b", "b/x", "b.txt"]
    assert tree.files == (PurePosixPath("a"), PurePosixPath("b/x"), PurePosixPath("b.txt"))


def test_what_git_and_python_leave_behind_is_left_out(draw):
    tree = Tree.of(draw({".git/config": "", "a/__pycache__/x.pyc": "", "a/y": ""}))

    assert tree.files == (PurePosixPath("a/y"),)


def test_links_and_pipes_are_strangers_and_no_link_is_followed(draw, tmp_path):
    root = draw({"a": ""})
    (root / "link").symlink_to(tmp_path)
    os.mkfifo(root / "pipe")

    tree = Tree.of(root)

    assert [(str(e.path), e.kind) for e in tree.strangers] == [
        ("link", Kind.LINK),
        ("pipe", Kind.SPECIAL),
    ]
    assert tree.files == (PurePosixPath("a"),)


def test_a_link_that_took_the_place_of_a_file_is_not_read(draw):
    root = draw({"a": "", "secret": "s"})
    tree = Tree.of(root)
    (root / "a").unlink()
    (root / "a").symlink_to(root / "secret")

    with pytest.raises(ScaffoldError, match="cannot be read: Too many levels of symbolic links"):
        tree.read(PurePosixPath("a"))


def test_a_folder_that_cannot_be_listed_is_named(tmp_path):
    with pytest.raises(ScaffoldError) as caught:
        Tree.of(tmp_path / "no")

    assert str(caught.value) == (
        f"{tmp_path / 'no'}: cannot be listed: No such file or directory\n"
        "  try: look at its permissions"
    )


def test_the_hash_depends_on_paths_contents_and_the_right_to_run_alone(draw):
    one, same = draw({"a": "x", "b/c": "y"}, "one"), draw({"b/c": "y", "a": "x"}, "two")
    (same / "a").chmod(0o600)
    os.utime(same / "a", (0, 0))
    before = Tree.of(one).digest()

    assert Tree.of(same).digest() == before
    (same / "a").chmod(0o700)
    assert Tree.of(same).digest() != before
    assert Tree.of(draw({"a": "x", "b/d": "y"}, "three")).digest() != before
    assert Tree.of(draw({"a": "x", "b/c": "z"}, "four")).digest() != before
