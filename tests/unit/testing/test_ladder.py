import pytest

from scaffold.core.comparison import Rung, Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.house.manifest import read_parity
from scaffold.testing.ladder import Ladder, merged


@pytest.fixture
def broken(repository):
    """A ladder over a repository whose candidate is missing."""
    return Ladder(read_parity(repository))


def test_rungs_are_joined_in_their_order_and_the_lowest_divergence_is_first(drawn):
    forward = drawn.comparison([drawn.part("blocks.0.norm")], first=drawn.FIRST)
    later = drawn.Divergence(rung=Rung.LOSS, place="total", because="b", remedy="r")
    loss = drawn.comparison(rungs=[drawn.item("total value")], first=later)

    joined = merged([forward, loss])

    assert joined.first == drawn.FIRST
    assert [row.ours for row in joined.parts] == ["blocks.0.norm"]
    assert [row.item for row in joined.rungs] == ["total value"]


def test_what_two_rungs_say_alike_is_said_once(drawn):
    one = drawn.comparison(unmatched=["norm: no row"])

    assert merged([one, one]).unmatched == ("norm: no row",)


def test_a_rung_that_cannot_run_is_an_item_that_says_why(drawn):
    error = ScaffoldError("`train` fails", where="candidate.py", remedy="mend it")

    joined = merged([drawn.comparison()], {Rung.STATE: error})

    [row] = joined.rungs
    assert (row.rung, row.item) == (Rung.STATE, "candidate.py")
    assert row.judgement.verdict is Verdict.NOT_COMPARABLE
    assert row.judgement.reason == "`train` fails"
    assert (joined.first.place, joined.first.because) == ("candidate.py", "`train` fails")
    assert joined.first.remedy == "mend it"
    assert not joined.agrees


def test_what_fails_once_fails_the_same_way_again(broken):
    for rung in (Rung.FORWARD, Rung.FORWARD, Rung.LOSS):
        with pytest.raises(ScaffoldError) as failure:
            broken.rung(rung)
        assert failure.value.what == "there is no such file"


def test_a_climb_ends_on_a_lowest_rung_that_cannot_run(broken):
    told = []

    with pytest.raises(ScaffoldError, match="there is no such file"):
        broken.climb([Rung.LOSS, Rung.FORWARD], tell=told.append)
    assert told == [Rung.FORWARD]
