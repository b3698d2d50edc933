"""The first divergence is read off a sequence of beginnings and ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scaffold.core.comparison import Judgement, Rung, Verdict
from scaffold.parity.calls import CallVerdict
from scaffold.parity.first import Detour, detours, first_divergence

RIGHT = Judgement(verdict=Verdict.ROUNDING, ratio=1.0)
WRONG = Judgement(
    verdict=Verdict.DIFFERENT, ratio=99.0, worst="(0): theirs 1, ours 2", probe="real"
)

NESTING = {"": (0, 9), "block": (1, 6), "block.norm": (2, 3), "block.mlp": (4, 5), "head": (7, 8)}


def calls(*, local=(), interface=()):
    return [
        CallVerdict(
            part=part,
            ours=part,
            kind="Kind",
            call=0,
            order=order,
            done=done,
            probe="real",
            local=WRONG if part in local else RIGHT,
            interface=WRONG if part in interface else RIGHT,
            end_to_end=RIGHT,
        )
        for part, (order, done) in NESTING.items()
    ]


@pytest.mark.parametrize(
    ("local", "interface", "place"),
    [
        (["", "block", "block.norm"], ["block.mlp", "head"], "block.norm"),
        (["", "block"], ["block.mlp", "head"], "glue before block.mlp"),
        (["", "block"], ["head"], "block"),
        ([""], ["head"], "glue before head"),
        ([""], [], "the model"),
        (["", "head", "block.mlp", "block"], ["head"], "block.mlp"),
        ([""], ["block", "block.norm"], "glue before block"),
    ],
)
def test_the_first_wrong_event_names_the_place(local, interface, place):
    found = first_divergence(calls(local=local, interface=interface))

    assert found.rung is Rung.FORWARD
    assert found.place == place


def test_nothing_is_named_while_every_part_is_right_alone():
    assert first_divergence(calls(interface=["head"])) is None
    assert first_divergence([]) is None


@pytest.mark.parametrize("verdict", [Verdict.DIFFERENT, Verdict.SHAPE])
def test_what_reaches_a_part_inside_a_container_that_is_right_is_no_divergence(verdict):
    layout = Judgement(verdict=verdict, reason="another layout")
    found = [
        replace(call, interface=layout) if call.part in {"block.norm", "block.mlp"} else call
        for call in calls(local=["", "head"])
    ]

    assert first_divergence(found).place == "head"
    assert detours(found) == (Detour("block.norm", "block", layout),)


@pytest.mark.parametrize(
    ("reaches", "place"),
    [
        # Another layout on the way, undone or not by the time the wrong part is reached.
        ({"block.norm": "layout"}, "block.mlp"),
        ({"block.norm": "layout", "block.mlp": "layout"}, "block.mlp"),
        ({"block.norm": "other"}, "block.mlp"),
        # A mask that is wrong before a part makes it wrong alone too: it was asked another thing.
        ({"block.norm": "other", "block.mlp": "other"}, "glue before block.norm"),
        ({"block.norm": "layout", "block.mlp": "other"}, "glue before block.norm"),
    ],
)
def test_a_part_that_is_wrong_alone_explains_a_container_without_its_glue(reaches, place):
    said = {"layout": Judgement(verdict=Verdict.SHAPE, reason="another layout"), "other": WRONG}
    found = [
        replace(call, interface=said[reaches[call.part]]) if call.part in reaches else call
        for call in calls(local=["", "block", "block.mlp"])
    ]

    assert first_divergence(found).place == place


def test_a_wrong_part_in_another_container_explains_nothing():
    found = calls(local=["", "block", "head"], interface=["block.mlp"])

    assert first_divergence(found).place == "glue before block.mlp"


def test_a_call_that_is_missing_inside_a_container_that_is_right_is_still_named():
    missing = Judgement(verdict=Verdict.MISSING)
    found = [
        replace(call, interface=missing, local=missing) if call.part == "block.mlp" else call
        for call in calls()
    ]

    assert first_divergence(found).place == "glue before block.mlp"


def test_glue_reaches_back_over_what_could_not_be_compared():
    open_ = Judgement(verdict=Verdict.NOT_COMPARABLE, reason="another size")
    found = [
        replace(call, interface=open_, local=open_) if call.part == "block" else call
        for call in calls(local=[""], interface=["block.norm"])
    ]

    assert "between where the model begins and where block.norm begins" in (
        first_divergence(found).remedy
    )


def test_a_shape_says_nothing_where_inputs_did_not_fit_on_another_probe():
    shape = Judgement(verdict=Verdict.SHAPE, reason="[8] and [1, 8]")
    open_ = Judgement(verdict=Verdict.NOT_COMPARABLE, reason="[8] and [2, 8]")
    found = calls(local=["", "head"])
    norm = found[2]
    one = [replace(call, interface=shape) if call is norm else call for call in found]
    both = [*one, replace(norm, interface=open_, probe="normal")]

    assert (
        first_divergence([replace(c, local=WRONG) if c.part == "block" else c for c in one]).place
        == "glue before block.norm"
    )
    assert (
        first_divergence([replace(c, local=WRONG) if c.part == "block" else c for c in both]).place
        == "block"
    )


def test_a_part_says_what_was_measured_and_where_to_look():
    found = first_divergence(calls(local=["", "head"]))

    assert found.because == (
        "given the reference's own input it does not give what the reference's Kind gives "
        "(q 99 on probe real, (0): theirs 1, ours 2)"
    )
    assert found.remedy == (
        "hold it against the reference's Kind: constants (eps, scale), the form of the "
        "activation, the order and layout of its weights"
    )


def test_a_container_says_that_its_parts_are_right():
    found = first_divergence(calls(local=["", "block"]))

    assert found.because.endswith("and every part within it is right")
    assert found.remedy == (
        "read the code of block itself, after block.mlp: what it adds, scales, reorders or "
        "leaves out"
    )


def test_glue_says_between_which_parts_it_is():
    found = first_divergence(calls(local=[""], interface=["head"]))

    assert found.because == (
        "what reaches head is not what reached the reference's Kind "
        "(q 99 on probe real, (0): theirs 1, ours 2), and every part before it is right"
    )
    assert found.remedy == (
        "read what happens between where block ends and where head begins: a residual, a "
        "reshape, a mask, an order, a call that is missing"
    )
