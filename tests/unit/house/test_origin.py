import json

import pytest

from scaffold.house.origin import constraint, line

URL = "https://host.test/refscaffold"


@pytest.mark.parametrize(
    ("recorded", "wanted"),
    [
        ({"url": "file:///a/b", "dir_info": {}}, "refscaffold @ file:///a/b"),
        ({"url": "file:///a/b", "dir_info": {"editable": True}}, "refscaffold @ file:///a/b"),
        (
            {"url": f"{URL}.whl", "archive_info": {"hashes": {"sha256": "0f"}}},
            f"refscaffold @ {URL}.whl#sha256=0f",
        ),
        ({"url": f"{URL}.whl", "archive_info": {}}, f"refscaffold @ {URL}.whl"),
        (
            {"url": URL, "vcs_info": {"vcs": "git", "commit_id": "1a2b"}},
            f"refscaffold @ git+{URL}@1a2b",
        ),
        (
            {"url": URL, "vcs_info": {"vcs": "git", "commit_id": "1a"}, "subdirectory": "s"},
            f"refscaffold @ git+{URL}@1a#subdirectory=s",
        ),
        (
            {"url": "ssh://git@h.test/x", "vcs_info": {"vcs": "git", "commit_id": "1a"}},
            "refscaffold @ git+ssh://git@h.test/x@1a",
        ),
        (
            {"url": "https://me:secret@h.test/x", "vcs_info": {"vcs": "git", "commit_id": "1a"}},
            "refscaffold @ git+https://h.test/x@1a",
        ),
        (
            {"url": "https://token@h.test/x.whl", "archive_info": {}},
            "refscaffold @ https://h.test/x.whl",
        ),
    ],
)
def test_what_pip_recorded_becomes_a_requirement(recorded, wanted):
    assert line(json.dumps(recorded)) == wanted


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"url": "file:///a b\\n-e x"}', "null"])
def test_what_is_no_record_becomes_nothing(text):
    assert line(text) is None


def test_a_tool_that_an_index_served_needs_no_constraint():
    assert constraint("no-such-distribution") is None
    assert constraint("pytest") is None
