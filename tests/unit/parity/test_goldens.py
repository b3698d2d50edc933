"""The forward goldens of a bundle are read as parts, probes, calls and weights."""

from __future__ import annotations

from scaffold.parity import goldens


def test_parts_are_given_in_the_order_of_registration(small_bundle):
    assert [(p.part, p.kind, p.calls, p.parameters) for p in goldens.parts_of(small_bundle)] == [
        ("", "Theirs", 1, 0),
        ("body", "Sequential", 1, 0),
        ("body.0", "Linear", 1, 20),
        ("body.1", "GELU", 1, 0),
        ("head", "Linear", 1, 15),
    ]


def test_calls_are_given_in_the_order_in_which_they_began(small_bundle):
    calls = goldens.calls_of(small_bundle, "real")

    assert [(call.part, call.order, call.done) for call in calls] == [
        ("", 0, 9),
        ("body", 1, 6),
        ("body.0", 2, 3),
        ("body.1", 4, 5),
        ("head", 7, 8),
    ]
    assert calls[0].inputs[0].hash == calls[2].inputs[0].hash


def test_weights_are_tensors_of_their_own(small_bundle):
    weights = goldens.weights_of(small_bundle)
    weights["head.bias"] += 1

    assert set(weights) == {"body.0.weight", "body.0.bias", "head.weight", "head.bias"}
    assert not (goldens.weights_of(small_bundle)["head.bias"] == weights["head.bias"]).any()
