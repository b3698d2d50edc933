"""A fix made twice is a fix made once, and what lies around it is not touched."""

import sys
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.check.edit import Edit, carried_out
from scaffold.check.fixing import mend
from scaffold.check.listing import listing

sys.path.insert(0, str(Path(__file__).parent))
from pages import PAGES, draw, read
from test_pages import PARTIAL, RULES, asked

FIXABLE = [page for path in PAGES if RULES[(page := read(path)).code].fixable != "no"]
COMMENTED = (".py", ".toml", ".yaml", ".yml", ".cff")
words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=12)
comments = st.lists(words, max_size=3)


def around(files, above, below):
    """Put comments above the first and below the last line of files that know comments."""
    noisy = {}
    for name, content in files.items():
        if isinstance(content, bytes) and PurePosixPath(name).suffix in COMMENTED and content:
            head = "".join(f"# {word}\n" for word in above).encode()
            tail = "".join(f"# {word}\n" for word in below).encode()
            joint = b"" if content.endswith(b"\n") else b"\n"
            noisy[name] = head + content + joint + tail
        else:
            noisy[name] = content
    return noisy


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    pages=st.lists(st.sampled_from(FIXABLE), min_size=1, max_size=3), above=comments, below=comments
)
def test_many_broken_repositories_are_mended_once_and_for_all(
    tmp_path_factory, pages, above, below
):
    root = tmp_path_factory.mktemp("broken")
    files = {}
    for page in pages:
        files |= {name: content for name, content in page.broken.items() if name not in files}
    draw(root, around(files, above, below), git=any(page.git for page in pages))
    codes = sorted({page.code for page in pages})

    once = mend(listing(root), asked(root, *codes), unsafe=True)
    for path, content in once.files.items():
        target = root / path
        if content is None:
            target.unlink()
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    twice = mend(listing(root), asked(root, *codes), unsafe=True)

    assert not twice.files
    left = {one.code for one in twice.report.findings if one.fix != "no"}
    assert not left - PARTIAL
    for path, content in once.files.items():
        before = files.get(str(path))
        if content is None or before is None or path.suffix not in COMMENTED:
            continue
        lines = content.decode().split("\n")
        kept = iter(lines)
        assert all(f"# {word}" in kept for word in (*above, *below))


@settings(max_examples=200, deadline=None)
@given(
    content=st.binary(max_size=60),
    spans=st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 8), st.binary(max_size=4)), max_size=5
    ),
)
def test_bytes_outside_of_every_span_stay(content, spans):
    path = PurePosixPath("a")
    edits = [
        Edit(path=path, start=min(at, len(content)), end=min(at + size, len(content)), text=text)
        for at, size, text in spans
    ]

    after = carried_out(content, edits)

    touched = {i for edit in edits for i in range(edit.start, edit.end)}
    kept = bytes(byte for i, byte in enumerate(content) if i not in touched)
    rest = iter(after)
    assert all(byte in rest for byte in kept)


def test_a_fix_after_which_a_file_does_not_parse_is_not_made(tmp_path):
    text = 'import torch\nweights = torch.load(path for path in "a")\nmore = torch.load("b")\n'
    draw(tmp_path, {"src/net/a.py": text.encode()})

    mended = mend(listing(tmp_path), asked(tmp_path, "SEC001"), unsafe=False)

    assert (
        mended.files[PurePosixPath("src/net/a.py")]
        == text.replace('"b")', '"b", weights_only=True)').encode()
    )
    assert len(mended.report.findings) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("torch.load()", "torch.load(weights_only=True)"),
        ("torch.load(f,)", "torch.load(f, weights_only=True,)"),
        ("torch.load(\n    f,\n)", "torch.load(\n    f, weights_only=True,\n)"),
        ("torch.load((f))", "torch.load((f), weights_only=True)"),
        ("torch.load('ü')", "torch.load('ü', weights_only=True)"),
        ("torch.load(*f)", None),
        ("torch.load(**f)", None),
    ],
)
def test_an_argument_is_added_where_the_call_ends(before, after, tmp_path):
    draw(tmp_path, {"a.py": f"import torch\nx = {before}\n".encode()})

    mended = mend(listing(tmp_path), asked(tmp_path, "SEC001"), unsafe=False)

    found = mended.files.get(PurePosixPath("a.py"))
    assert (found and found.decode()) == (after and f"import torch\nx = {after}\n")


def test_windows_lines_and_a_mark_at_the_beginning_are_kept(tmp_path):
    text = b"\xef\xbb\xbfimport torch\r\nx = torch.load(f)\r\n"
    draw(tmp_path, {"a.py": text})

    mended = mend(listing(tmp_path), asked(tmp_path, "SEC001"), unsafe=False)

    assert mended.files[PurePosixPath("a.py")] == text.replace(b"(f)", b"(f, weights_only=True)")
