"""A shard is, to the byte, what safetensors would write, and is read without a copy."""

from __future__ import annotations

import mmap

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from scaffold.golden import digest, shard

DTYPES = list(shard._DTYPES)
shapes = st.lists(st.integers(0, 5), max_size=3).map(tuple)
tables = st.dictionaries(
    st.text("0123456789abcdef", min_size=1, max_size=4), st.tuples(st.sampled_from(DTYPES), shapes)
)


def filled(table):
    draw = np.random.RandomState(0)
    return {key: draw.randint(0, 2, shape).astype(dtype) for key, (dtype, shape) in table.items()}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(table=tables)
def test_the_bytes_are_those_of_the_library(tmp_path, table):
    path, arrays = tmp_path / "one", filled(table)

    row = shard.write(path, arrays)

    assert path.read_bytes() == save(arrays)
    assert row == {"file": "one", "bytes": path.stat().st_size, "hash": digest.of_file(path)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(table=tables.filter(bool))
def test_what_is_read_is_what_the_library_reads(tmp_path, table):
    path = tmp_path / "one"
    shard.write(path, filled(table))

    opened = shard.Shard.open(path)

    for key, wanted in load_file(path).items():
        found = opened.array(key)
        assert (found.dtype, found.shape) == (wanted.dtype, wanted.shape)
        np.testing.assert_array_equal(found, wanted)


def test_a_dtype_that_the_library_does_not_know_is_refused(tmp_path):
    with pytest.raises(SafetensorError):
        shard.write(tmp_path / "one", {"a": np.zeros(2, "complex256")})


def test_a_tensor_is_a_view_of_the_file_that_outlives_its_release(tmp_path):
    shard.write(tmp_path / "one", {"a": np.arange(9.0)})
    opened = shard.Shard.open(tmp_path / "one")

    view = opened.array("a")
    opened.release()

    assert isinstance(opened._bytes, mmap.mmap)
    assert np.shares_memory(view, np.frombuffer(opened._bytes, np.uint8))
    assert view.tolist() == list(range(9))
    assert not view.flags.writeable


def test_a_shard_that_is_hashed_is_written_without_a_copy():
    """The pieces that go to the disk are the memory of the arrays."""
    array = np.arange(9.0)
    pieces = list(shard._pieces({"a": array}))

    assert np.shares_memory(np.frombuffer(pieces[1], np.uint8), array)
