"""Split, order, augmentation and loaders."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hydra.utils import instantiate
from scaffold.core.errors import ScaffoldError

from digits_vit.data.augment import RandomShift, Shift
from digits_vit.data.order import EpochSampler
from digits_vit.data.source import cut


def loaded(cfg):
    """Build the data of a configuration, and read its source."""
    data = instantiate(cfg.data)
    assert data.splits
    return data


def test_the_digits_are_those_of_the_datasheet(compose):
    splits = loaded(compose()).splits
    everything = [sample for part in splits for sample in (part[i] for i in range(len(part)))]

    content = b"".join(sorted(image.tobytes() for image, _ in everything))

    assert [len(part) for part in splits] == [1257, 180, 360]
    assert hashlib.sha256(content).hexdigest()[:16] == "0eac7b545aeb912a"


def test_a_split_is_the_same_every_time_and_its_parts_are_disjoint():
    parts, again = (cut(20, (3, 5), seed=7) for _ in range(2))

    assert [len(part) for part in parts] == [12, 3, 5]
    assert sorted(np.concatenate(parts)) == list(range(20))
    assert all((one == other).all() for one, other in zip(parts, again, strict=True))


def test_parts_that_leave_nothing_to_train_on_are_refused():
    with pytest.raises(ScaffoldError, match="8 samples cannot give parts of"):
        cut(8, (3, 5), seed=7)


def test_an_order_depends_on_seed_and_epoch_alone():
    def order(seed, epoch):
        return [index for _, index in EpochSampler(50, seed=seed, shuffle=True, epoch=epoch)]

    assert order(0, 0) == order(0, 0)
    assert order(0, 0) != order(0, 1) != order(1, 1)
    assert sorted(order(3, 4)) == list(range(50))


def test_processes_share_the_batches_of_a_single_one():
    whole = [index for _, index in EpochSampler(13, seed=0, shuffle=True)]
    halves = [
        [i for _, i in EpochSampler(13, seed=0, shuffle=True, rank=r, world=2)] for r in (0, 1)
    ]

    assert [len(half) for half in halves] == [6, 6]
    assert sorted(halves[0][:4] + halves[1][:4]) == sorted(whole[:8])


def test_in_evaluation_every_sample_counts_once_whatever_the_number_of_processes():
    shares = [list(EpochSampler(13, seed=0, shuffle=False, rank=r, world=4)) for r in range(4)]

    assert sorted(index for share in shares for _, index in share) == list(range(13))
    assert [
        len(EpochSampler(13, seed=0, shuffle=False, rank=r, world=4)) for r in range(4)
    ] == list(map(len, shares))


def test_a_shift_moves_the_image_and_uncovers_zeros():
    image = np.arange(9, dtype=np.float32).reshape(1, 3, 3)

    moved = RandomShift(pixels=1, probability=1.0).apply(image, Shift(x=1, y=-1))

    assert moved[0].tolist() == [[0, 3, 4], [0, 6, 7], [0, 0, 0]]


def test_shifts_are_drawn_as_often_as_they_should_be():
    shift, rng = RandomShift(pixels=1, probability=0.5), np.random.default_rng(0)

    drawn = [shift.get_params(rng) for _ in range(9000)]

    for place in {Shift(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)}:
        wanted = 5000 if place == Shift(0, 0) else 500
        assert abs(drawn.count(place) - wanted) < 5 * wanted**0.5


def test_only_training_images_are_augmented(compose):
    data = loaded(compose("data.augment.probability=1.0"))

    for part, loader in (
        (data.splits.val, data.val_dataloader()),
        (data.splits.test, data.test_dataloader()),
    ):
        images = torch.cat([images for images, _ in loader])
        assert (images.numpy() == np.stack([image for image, _ in part])).all()
    plain = loaded(compose("data.augment=null"))
    assert not torch.equal(
        next(iter(data.train_dataloader()))[0], next(iter(plain.train_dataloader()))[0]
    )


def test_workers_change_nothing(compose):
    here, there = (
        list(loaded(compose("data.batch_size=32", f"data.workers={n}")).train_dataloader())
        for n in (0, 2)
    )

    assert all(
        torch.equal(a[0], b[0]) and torch.equal(a[1], b[1])
        for a, b in zip(here, there, strict=True)
    )


def test_images_of_another_shape_than_the_model_expects_are_refused(compose):
    with pytest.raises(ScaffoldError, match=r"images \(1, 8, 8\)"):
        loaded(compose("data.image_size=16"))


def test_a_batch_that_cannot_be_shared_is_refused(compose):
    data = loaded(compose())
    data.trainer = SimpleNamespace(
        global_rank=0,
        world_size=3,
        fit_loop=SimpleNamespace(
            epoch_progress=SimpleNamespace(current=SimpleNamespace(processed=0))
        ),
    )

    with pytest.raises(ScaffoldError, match="a batch of 64 cannot be shared by 3 processes"):
        data.train_dataloader()
