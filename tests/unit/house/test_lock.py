import json
from pathlib import PurePosixPath

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.house.lock import Lock, Locked, digest, read_lock
from scaffold.house.table import Engine, Owner


def lock(**changes):
    known = {
        "house": "h",
        "version": "1",
        "tree": "t",
        "engine": Engine.COPIER,
        "answers": {"b": "x", "a": ["é", 1, True]},
        "files": {
            PurePosixPath("b.sh"): Locked(hash=digest(b"b"), owner=Owner.USER, executable=True),
            PurePosixPath("a"): Locked(hash=digest(b"a"), owner=Owner.BOTH),
        },
    }
    return Lock(**(known | changes))


def test_a_lock_comes_back_from_its_text():
    assert read_lock(lock().text(), where="here") == lock()


def test_the_same_lock_gives_the_same_text_whatever_the_order():
    other = lock(
        answers=dict(reversed(lock().answers.items())),
        files=dict(reversed(lock().files.items())),
    )

    assert other.text() == lock().text()
    assert list(json.loads(lock().text())["files"]) == ["a", "b.sh"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.pop("house"), "is no lock: KeyError: 'house'"),
        (lambda c: c.update(files={"../x": {"hash": "", "owner": "user"}}), "names '../x', which"),
        (
            lambda c: c.update(files={"/x": {"hash": "", "owner": "user"}}),
            "names '/x', which leaves",
        ),
        (
            lambda c: c.update(files={"x": {"hash": "", "owner": "me"}}),
            "is no lock: ValueError: 'me'",
        ),
        (lambda c: c.update(schema=9), "schema is 9, and this version reads 1"),
        (lambda c: c.update(answers=3), "is no lock: TypeError"),
    ],
)
def test_a_lock_that_a_stranger_wrote_is_refused(change, message):
    content = json.loads(lock().text())
    change(content)

    with pytest.raises(ScaffoldError) as caught:
        read_lock(json.dumps(content), where="lock.json")

    assert str(caught.value).startswith(f"lock.json: {message}")
    assert caught.value.remedy


def test_half_a_lock_is_refused():
    with pytest.raises(ScaffoldError, match=r"lock\.json: is no lock: JSONDecodeError"):
        read_lock(lock().text()[:40], where="lock.json")
