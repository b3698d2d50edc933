"""Within a part, the first operation that gives another result has a name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.parity.operation import first_operation
from scaffold.parity.weightmap import WeightMap
from scaffold.reference import record
from scaffold.reference.operations import record_operations
from scaffold.trace.subject import load

DEEP = Path(__file__).parents[1] / "reference" / "deep" / "adapter.py"
PART = "blocks.0"


@pytest.fixture(scope="module")
def goldens(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twin")
    return record(shutil.copy(DEEP, folder / "adapter.py"), folder / "twin")


@pytest.fixture(scope="module")
def recorded(goldens, tmp_path_factory):
    return record_operations(goldens, load(DEEP), PART, tmp_path_factory.mktemp("t2") / PART)


@pytest.fixture(scope="module")
def weights(goldens, tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "weights.map.toml"
    text = "schema = 1\n"
    for row in goldens.table("parts"):
        text += (
            f'[[part]]\ntheirs = "{row["part"]}"\nours = "{row["part"]}"\n' if row["part"] else ""
        )
    for entry in goldens.select(role="weight"):
        text += f'[[weight]]\ntheirs = "{entry.part}"\nours = "{entry.part}"\n'
    path.write_text(text)
    return WeightMap.read(path)


def ours(tmp_path, old="", new=""):
    text = DEEP.read_text()
    assert old in text
    path = tmp_path / "candidate.py"
    path.write_text(text.replace(old, new) if old else text)
    return load(path)


def test_the_operations_of_a_part_are_recorded_in_order(recorded):
    assert recorded.table("operations") == {
        "part": PART, "probe": "normal",
        "names": ["aten.native_layer_norm", "aten.addmm", "aten.gelu", "aten.add"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("eps=1e-6", "eps=1e-3", ("operation 1 of 4 is the first of those that align to give "
         "another result: aten.native_layer_norm (different, q ")),
        ("nn.GELU()", "nn.GELU(approximate='tanh')", ("operation 3 of 4 is the first of those that "
         "align to give another result: aten.gelu (different, q ")),
        ("return x + self", "return 2 * x + self", ("operation 4 of 4 is the first of those that "
         "align to give another result: aten.add (different, q ")),
        ("return x + self", "return x - self", ("3 of 4 operations align, and all of those agree; "
         "what differs is one that only one side has")),
    ],
)  # fmt: skip
def test_the_first_that_differs_is_named(recorded, goldens, weights, tmp_path, old, new, said):
    found = first_operation(recorded, goldens, ours(tmp_path, old, new), weights)

    assert found.startswith(said)


def test_where_all_agree_nothing_is_named(recorded, goldens, weights, tmp_path):
    found = first_operation(recorded, goldens, ours(tmp_path), weights)

    assert found == "all 4 operations within it agree"


def test_a_part_that_theirs_does_not_have_is_refused(goldens, tmp_path):
    with pytest.raises(ScaffoldError) as raised:
        record_operations(goldens, load(DEEP), "blocks.9", tmp_path / "t2")

    assert str(raised.value) == (
        "--operations: theirs has no part 'blocks.9' that it calls on probe normal\n"
        "  try: name a part of the reference, as in the first column of scaffold compare"
    )
