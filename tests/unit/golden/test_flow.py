"""Producers and consumers follow from the hashes."""

from __future__ import annotations

import numpy as np
import pytest

from scaffold.golden import Bundle, Writer
from scaffold.golden.flow import flow_of


@pytest.fixture
def bundle(tmp_path):
    """A model of two layers, the second of which takes what the first gives."""
    x, h, y = (np.full(3, value, dtype=np.float32) for value in (1, 2, 3))
    calls = [
        ("", (0, 5), x, y),
        ("first", (1, 2), x, h),
        ("second", (3, 4), h, y),
    ]
    writer = Writer()
    for part, (begins, ends), given, came in calls:
        writer.add(given, role="input", part=part, order=begins, leaf="0", probe="normal")
        writer.add(came, role="output", part=part, order=ends, probe="normal")
    writer.add(h, role="weight", part="first.weight")
    return Bundle.read(writer.write(tmp_path / "twin"))


def test_every_tensor_has_who_gave_it_and_who_took_it(bundle):
    flows = [(flow.producers, flow.consumers) for flow in flow_of(bundle)]

    assert flows == [
        ((), (("", 0), ("first", 0))),
        ((("first", 0),), (("second", 0),)),
        ((("second", 0), ("", 0)), ()),
    ]
    assert {flow.probe for flow in flow_of(bundle)} == {"normal"}
