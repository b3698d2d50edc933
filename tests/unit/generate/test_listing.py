from pathlib import PurePosixPath

from scaffold.generate.listing import tree_lines


def test_a_tree_shows_folders_first_and_purposes_in_one_column():
    paths = [PurePosixPath(path) for path in ("b.md", "src/net/x.py", "src/y.py", "a.md")]
    purposes = {PurePosixPath("src"): "the code", PurePosixPath("src/net/x.py"): "a layer"}

    assert tree_lines(paths, purposes) == (
        "├── src/          the code",
        "│   ├── net/",
        "│   │   └── x.py  a layer",
        "│   └── y.py",
        "├── a.md",
        "└── b.md",
    )


def test_nothing_gives_nothing():
    assert tree_lines([], {}) == ()
