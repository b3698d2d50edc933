from pathlib import PurePosixPath

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.house.plan import File, Keep, Replace, Write, plan_new

A, B = PurePosixPath("a"), PurePosixPath("d/b")
FILES = {B: File(content=b"b"), A: File(content=b"a")}


def test_an_absent_destination_is_written_in_the_order_of_paths(tmp_path):
    plan = plan_new(tmp_path / "out", FILES, force=False)

    assert plan.steps == (Write(path=A, file=FILES[A]), Write(path=B, file=FILES[B]))
    assert not plan.occupied
    assert not (tmp_path / "out").exists()


def test_an_empty_destination_is_as_good_as_none(tmp_path):
    assert not plan_new(tmp_path, FILES, force=False).occupied


def test_with_force_only_what_differs_is_replaced(draw):
    root = draw({"a": "a", "d/b": "other", "mine": "m"})

    plan = plan_new(root, FILES, force=True)

    assert plan.occupied
    assert plan.steps == (
        Keep(path=A),
        Replace(path=B, file=FILES[B]),
        Keep(path=PurePosixPath("mine")),
    )
    assert plan.replaced == (B,)
    assert plan.writes == (plan.steps[1],)


def test_without_force_a_destination_that_holds_something_is_refused(draw):
    root = draw({"mine": ""})

    with pytest.raises(ScaffoldError) as caught:
        plan_new(root, FILES, force=False)

    assert str(caught.value) == (
        f"{root}: is not empty: it holds 'mine'\n"
        "  try: name another folder, or add --force, which keeps what it overwrites"
    )
