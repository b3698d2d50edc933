"""A gap in a bundle is a finding, unless nothing could have been recorded."""

from scaffold.core.comparison import Rung
from scaffold.trace.offered import ladder, silence


def tables(*names, refused=None):
    return {"ladder": ladder(names.__contains__, refused or {})}


def test_a_bundle_of_before_knows_the_first_rungs_alone():
    assert silence(Rung.GRADIENT, {}) == ""
    assert silence(Rung.TRAIN, {}) == "the bundle is older than this rung: record it again"


def test_what_an_adapter_does_not_offer_is_said():
    assert silence(Rung.EMA, tables("metrics")) == (
        "not offered by the adapter: it defines no `ema`"
    )
    assert silence(Rung.METRICS, tables("metrics")) == ""


def test_what_every_reference_has_is_a_finding_where_it_is_missing():
    assert silence(Rung.BACKWARD, tables()) == ""
    assert silence(Rung.LOSS, tables()) == ""


def test_what_theirs_cannot_do_is_said_with_the_reason():
    found = tables(refused={Rung.TRAIN: "theirs wants targets", Rung.METRICS: ""})

    assert silence(Rung.TRAIN, found) == "theirs wants targets"
