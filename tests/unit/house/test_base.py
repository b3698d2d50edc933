from pathlib import PurePosixPath

from scaffold.house.base import bases
from scaffold.house.table import Owner

A, B, C, D = (PurePosixPath(name) for name in ("src/a.py", "b", "c", "d.png"))


def test_only_texts_that_both_own_are_kept():
    """The others are replaced or left alone; what is no text cannot be merged."""
    contents = {A: b"a", B: b"b", C: b"c", D: b"\x89PNG\x00"}
    owners = {A: Owner.BOTH, B: Owner.TEMPLATE, C: Owner.USER, D: Owner.BOTH}

    assert bases(contents, owners) == {PurePosixPath(".scaffold/base/src/a.py.base"): b"a"}


def test_a_file_in_an_unknown_encoding_is_no_text():
    assert bases({A: b"\xff\xfe"}, {A: Owner.BOTH}) == {}
