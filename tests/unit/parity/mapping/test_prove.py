"""What a refusal says of models that part on some inputs only, and where sources are sought."""

import pytest

from scaffold.core.comparison import Comparison, Judgement, PartRow, ProbeRow, Verdict
from scaffold.parity.mapping.prove import _at_other_sizes
from scaffold.parity.mapping.together import _far

GOOD, BAD = Judgement(verdict=Verdict.ROUNDING), Judgement(verdict=Verdict.DIFFERENT)


def compared(**probes):
    rows = tuple(
        ProbeRow(probe=name.replace("_", "-"), local=one, interface=one, end_to_end=one)
        for name, one in probes.items()
    )
    whole = PartRow(
        part="", ours="", kind="Net", local=BAD, interface=BAD, end_to_end=BAD, by_probe=rows
    )
    return Comparison(reference="r", bundle="b", parts=(whole,), rungs=())


def test_models_that_part_on_other_sizes_alone_are_told_so():
    (said,) = _at_other_sizes(compared(normal=GOOD, batch_1=GOOD, non_square=BAD, odd_size=GOOD))

    assert said == (
        "they differ on inputs of another size alone (non-square), and agree on"
        " normal, batch-1, odd-size"
    )


@pytest.mark.parametrize(
    "probes",
    [
        {"normal": BAD, "non_square": BAD},
        {"normal": GOOD, "constant": BAD, "odd_size": BAD},
        {"odd_size": BAD, "non_square": BAD},
        {"normal": GOOD},
    ],
)
def test_models_that_part_elsewhere_or_everywhere_or_nowhere_are_not(probes):
    assert not list(_at_other_sizes(compared(**probes)))


def test_a_container_that_began_shortly_before_is_near():
    """It begins before its parts, and uses what it holds itself after them."""
    moment = 20
    later = sorted(range(21, 60), key=lambda order: _far(order, moment))

    assert _far(18, moment) < _far(later[5], moment)
    assert _far(21, moment) < _far(19, moment)
