"""A sketch of some hundred bytes tells tensors apart that norms and checksums cannot."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from scaffold.golden.sketch import BLOCK, BUCKETS, SAMPLES, SPREAD, distance, places, sketch, stream
from scaffold.trace import streams

RNG = np.random.default_rng(5)
IMAGES = RNG.standard_normal((4, 12, 14, 14)).astype(np.float32)
ROUNDING = np.float32(2.0**-24)


def flipped(x):
    y = x.copy()
    y[1, 3, 5, 7] *= -1
    return y


DISGUISES = {
    "rows exchanged": lambda x: x[:, :, ::-1],
    "channels rotated": lambda x: np.roll(x, 1, axis=1),
    "samples exchanged": lambda x: x[[1, 0, 2, 3]],
    "a square transposed": lambda x: x.transpose(0, 1, 3, 2),
    "heads permuted": lambda x: x.reshape(4, 3, 4, 14, 14).swapaxes(1, 2).reshape(x.shape),
    "one sign flipped": flipped,
    "all signs flipped": lambda x: -x,
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_what_keeps_norm_xor_and_extremes_is_seen(disguise):
    other = np.ascontiguousarray(disguise(IMAGES))
    kept = sketch(IMAGES)

    assert (
        np.sort(np.abs(other), axis=None).tobytes() == np.sort(np.abs(IMAGES), axis=None).tobytes()
    )
    truth = float(np.linalg.norm((other - IMAGES).astype(np.float64)))
    assert truth / SPREAD < distance(kept, sketch(other)) < truth * SPREAD


def test_one_changed_element_of_a_large_tensor_is_measured_exactly():
    """A change of eight roundings of the whole tensor's norm is what q calls different."""
    large = RNG.standard_normal(3 * BLOCK + 11).astype(np.float32)
    noise = float(np.linalg.norm(large.astype(np.float64))) * ROUNDING
    other = large.astype(np.float64)
    other[2 * BLOCK + 5] += 8.0 * noise

    assert distance(sketch(large), sketch(other)) == pytest.approx(8.0 * noise, rel=1e-6)


def test_the_estimate_of_a_distance_is_right_within_the_stated_factor():
    kinds = {
        "white": lambda draw: draw.standard_normal((40, 192)),
        "constant rows": lambda draw: np.repeat(draw.standard_normal((64, 1)), 192, axis=1),
        "one column": lambda draw: np.eye(192)[int(draw.integers(192))] * draw.random((64, 1)),
        "one row": lambda draw: np.eye(64)[:, [int(draw.integers(64))]] * draw.random((1, 192)),
    }
    for kind, drawn in kinds.items():
        ratios = []
        for seed in range(150):
            d = drawn(np.random.default_rng(seed))
            ratios.append(float(np.linalg.norm(sketch(d).sums) / np.linalg.norm(d)))
        assert np.quantile(ratios, 0.01) > 1 / SPREAD, kind
        assert np.quantile(ratios, 0.99) < SPREAD, kind
        assert np.mean(np.square(ratios)) == pytest.approx(1.0, abs=0.1), kind


def test_a_sketch_is_linear():
    other = RNG.standard_normal(IMAGES.shape)

    together = sketch(2.0 * IMAGES.astype(np.float64) + other)

    assert np.allclose(together.sums, 2.0 * sketch(IMAGES).sums + sketch(other).sums)


def test_layout_does_not_change_it_and_one_bit_does():
    channels_last = np.asfortranarray(IMAGES)
    one_bit = IMAGES.copy()
    one_bit[0, 0, 0, 0] = np.nextafter(one_bit[0, 0, 0, 0], np.float32(9))

    assert sketch(IMAGES).same(sketch(channels_last))
    assert not sketch(IMAGES).same(sketch(one_bit))
    assert not sketch(IMAGES).same(sketch(IMAGES.reshape(4, -1)))


def test_the_bits_are_the_same_in_every_version():
    """A bundle of today is compared by the program of tomorrow: nothing of this may change."""
    ramp = np.arange(2 * BLOCK + 7, dtype=np.float32)
    found = sketch(ramp)

    assert len(found.sums) == BUCKETS
    assert hashlib.sha256(found.sums.tobytes()).hexdigest()[:16] == "b1dc65bd6c011a4b"
    assert found.sample.tolist() == [18128, 20406, 36092, 38627, 43448, 46365]
    assert found.norm == pytest.approx(np.linalg.norm(ramp.astype(np.float64)))


def test_odd_numbers_are_counted_and_placed():
    def with_odd(place, value):
        x = IMAGES.copy()
        x.flat[place] = value
        return sketch(x)

    nan, moved, infinite = with_odd(7, np.nan), with_odd(8, np.nan), with_odd(7, np.inf)

    assert nan.odd.startswith("1 ")
    assert len({nan.odd, moved.odd, infinite.odd, with_odd(7, -np.inf).odd}) == 4
    assert np.isfinite(nan.sums).all()
    assert sketch(IMAGES).odd == ""


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", "float64", "complex64"])
def test_every_kind_of_number_has_a_sketch(dtype):
    values = (IMAGES > 0.5).astype(dtype)
    other = values.copy()
    other[2, 2, 2, 2] = 1 - other[2, 2, 2, 2].real

    assert sketch(values).dtype == dtype
    assert not sketch(values).same(sketch(other))


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3, 0, 2), (2, 5)])
def test_a_tensor_of_any_size_has_a_sketch(shape):
    found = sketch(np.ones(shape, dtype=np.float32))

    assert (found.shape, found.size) == (shape, int(np.prod(shape)))
    assert len(found.sample) == (SAMPLES if found.size else 0)
    assert len(places(shape)) == len(found.sample)


def test_the_kept_elements_are_those_at_their_places():
    assert sketch(IMAGES).sample.tolist() == [
        float(IMAGES[place]) for place in places(IMAGES.shape)
    ]


def test_the_stream_is_the_one_that_torch_sides_draw_from():
    assert stream(3, "a", 1).bytes(32) == streams.stream(3, "a", 1).bytes(32)
