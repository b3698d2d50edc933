"""Nested inputs have a name for every tensor, and samples that are no batch become one."""

from __future__ import annotations

from scaffold.core.blueprint import Input, InputKind
from scaffold.core.blueprint.flat import flat


def row(name, shape, path="", kind=InputKind.REAL, **more):
    return Input(name=name, shape=shape, dtype="float32", kind=kind, path=path, **more)


def test_what_is_not_nested_stays_as_it_is():
    rows = (row("x", (2, 4)), row("mask", (2, 4), positional=False))

    assert flat(rows) == rows


def test_targets_of_a_model_that_takes_a_batch_are_for_training_alone():
    assert flat([row("x", (2, 4)), row("y", (2,), training=True)]) == (row("x", (2, 4)),)


def test_a_list_of_images_becomes_a_batch():
    scene = {"kind": InputKind.IMAGE}
    found = flat(
        [
            row("images", (3, 96, 128), "0", **scene),
            row("images", (3, 128, 96), "1", **scene),
            row("targets", (2, 4), "0.boxes", training=True),
            row("targets", (2, 4), "1.boxes", training=True),
        ]
    )

    assert [(one.name, one.shape, one.positional) for one in found] == [
        ("images.*", (2, 3, 96, 128), False)
    ]


def test_numbers_are_places_where_every_tensor_has_the_axis_of_the_batch():
    found = flat([row("levels", (2, 8, 4, 4), "0"), row("levels", (2, 16, 2, 2), "1.x")])

    assert [(one.name, one.shape, one.path) for one in found] == [
        ("levels.0", (2, 8, 4, 4), ""),
        ("levels.1.x", (2, 16, 2, 2), ""),
    ]
