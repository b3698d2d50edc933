import pytest

from scaffold.core.comparison import Rung
from scaffold.testing.history import agreed_at, commit_of, remember
from scaffold.testing.item import ParityItem

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Cache(dict):
    def set(self, key, value):
        self[key] = value


class Config:
    def __init__(self, rootpath):
        self.rootpath, self.cache = rootpath, Cache()


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / ".git" / "refs" / "heads").mkdir(parents=True)
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git" / "refs" / "heads" / "main").write_text(f"{COMMIT}\n")
    return tmp_path


def mark(name, first=""):
    return {"rung": "forward", "name": name, "order": 0, "first": first}


def item(name):
    return ParityItem(rung=Rung.FORWARD, name=name, order=0, ladder=None)


def test_what_agreed_is_remembered_with_its_commit_and_what_failed_is_not(checkout):
    config = Config(checkout)

    remember(config, [mark("a"), mark("b", first="first divergence: b")])

    assert agreed_at(config, item("a")) == "0123456789"
    assert agreed_at(config, item("b")) == ""


def test_a_failure_later_keeps_the_commit_of_the_agreement(checkout):
    config = Config(checkout)
    remember(config, [mark("a")])

    remember(config, [mark("a", first="first divergence: a"), mark("c")])

    assert agreed_at(config, item("a")) == "0123456789"


def test_a_commit_is_read_from_a_packed_name_and_from_a_detached_head(checkout):
    (checkout / ".git" / "refs" / "heads" / "main").unlink()
    (checkout / ".git" / "packed-refs").write_text(f"# pack\n{COMMIT[::-1]} refs/heads/main\n")
    assert commit_of(checkout / "tests") == COMMIT[::-1][:10]

    (checkout / ".git" / "HEAD").write_text(f"{COMMIT}\n")
    assert commit_of(checkout) == "0123456789"


def test_without_git_or_cache_nothing_is_said(tmp_path):
    config = Config(tmp_path)

    remember(config, [mark("a")])
    config.cache = None

    assert agreed_at(config, item("a")) == ""
