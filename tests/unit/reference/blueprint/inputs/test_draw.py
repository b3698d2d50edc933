"""A batch is drawn from its description: equal numbers, in the ranges and places that it says."""

import torch
from torch import nn

from scaffold.core.blueprint import Input, InputKind
from scaffold.reference.blueprint.inputs import batch_of
from scaffold.reference.blueprint.inputs.draw import tensor_of
from scaffold.reference.blueprint.inputs.vision import scenes


def row(kind, shape, dtype="float32", **rest):
    return Input(name=rest.pop("name", "x"), shape=shape, dtype=dtype, kind=kind, **rest)


def test_equal_descriptions_and_seeds_give_equal_numbers():
    image = row(InputKind.IMAGE, (2, 3, 4, 4))

    assert torch.equal(tensor_of(image, seed=1), tensor_of(image, seed=1))
    assert not torch.equal(tensor_of(image, seed=1), tensor_of(image, seed=2))


def test_two_inputs_of_one_shape_differ():
    args = batch_of([row(InputKind.REAL, (4,), name=n) for n in ("a", "b")], seed=0).args

    assert not torch.equal(*args)


def test_an_image_is_near_normal_and_one_with_bounds_keeps_them():
    free = tensor_of(row(InputKind.IMAGE, (2, 3, 64, 64)), seed=0)
    bound = tensor_of(row(InputKind.IMAGE, (3, 64, 64), low=0.0, high=1.0), seed=0)

    assert abs(float(free.mean())) < 0.05
    assert abs(float(free.std()) - 1) < 0.05
    assert float(bound.min()) >= 0
    assert 0.9 < float(bound.max()) <= 1


def test_tokens_reach_both_ends_of_their_range():
    ids = tensor_of(row(InputKind.TOKENS, (200,), "int64", low=5, high=9), seed=0)

    assert (int(ids.min()), int(ids.max()), ids.dtype) == (5, 9, torch.int64)


def test_a_mask_pads_the_end_of_the_last_row():
    mask = tensor_of(row(InputKind.MASK, (2, 8), "int64"), seed=0)

    assert mask.tolist() == [[1] * 8, [1] * 6 + [0] * 2]
    assert tensor_of(row(InputKind.MASK, (2, 8), "bool"), seed=0).dtype is torch.bool


def test_boxes_have_their_corners_in_order_and_within():
    boxes = tensor_of(row(InputKind.BOXES, (9, 4), low=0, high=50), seed=0)

    assert bool((boxes[:, 2:] > boxes[:, :2]).all())
    assert float(boxes.max()) <= 50


def test_a_constant_is_one():
    assert tensor_of(row(InputKind.CONSTANT, (2,), low=3.0), seed=0).tolist() == [3.0, 3.0]


def test_dotted_paths_become_lists_and_dictionaries():
    batch = batch_of(
        [
            row(InputKind.REAL, (1,), name="images", path="0"),
            row(InputKind.REAL, (2,), name="images", path="1"),
            row(InputKind.REAL, (3,), name="graph", path="nodes", positional=False),
        ],
        seed=0,
    )

    assert [len(image) for image in batch.args[0]] == [1, 2]
    assert list(batch.kwargs) == ["graph"]
    assert batch.kwargs["graph"]["nodes"].shape == (3,)


def test_detection_targets_are_given_in_training_alone():
    rows = scenes(nn.Module())

    assert [one.shape for one in batch_of(rows, seed=0).args[0]] == [(3, 96, 128), (3, 128, 96)]
    assert len(batch_of(rows, seed=0).args) == 1
    images, targets = batch_of(rows, seed=0, training=True).args
    assert len(images) == len(targets) == 2
    assert targets[0]["boxes"].shape == (2, 4)
    assert targets[0]["labels"].tolist() == [1, 1]
