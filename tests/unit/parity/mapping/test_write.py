"""What is written is read as what was meant."""

import pytest

from scaffold.parity import mapfile
from scaffold.parity.mapfile import Excuse, PartRule, Rules, WeightRule
from scaffold.parity.mapping.write import text_of
from scaffold.parity.operators import Flip, Merge, Permute, Reshape, Split, Transpose

STEPS = [
    (),
    (Transpose((1, 0)), Flip((0, 1))),
    (Permute(0, (2, 0, 1)),),
    (Reshape((-1, 4), (-1, 2, 2)),),
]


def rules(*weights):
    return Rules(
        parts=(PartRule("h.{i}", "layers.{i}"),),
        weights=weights,
        excused=(Excuse("h.{i}.drop", "", 'it is "off"'),),
        dropped=(Excuse("", "count", "a constant"), Excuse("index", "", "a constant")),
    )


@pytest.mark.parametrize("steps", STEPS)
def test_every_operator_is_read_back(steps):
    wanted = rules(WeightRule(("a.{i}",), ("b.{i}",), steps))

    assert mapfile.parse(text_of(wanted), where="here") == wanted


def test_a_split_and_a_merge_are_read_back_with_their_sizes():
    long = tuple(f"blocks.{{i}}.attention.{name}_projection.weight" for name in ("query", "key"))
    wanted = rules(
        WeightRule(("a.{i}",), long, (Transpose((1, 0)), Split(0, 2, (3, 5)))),
        WeightRule(("c", "d", "e"), ("f",), (Merge(Split(1, 3)),)),
    )

    text = text_of(wanted)

    assert mapfile.parse(text, where="here") == wanted
    assert max(map(len, text.splitlines())) <= 100


def test_remarks_are_comments():
    text = text_of(rules(), head="# Not proved.\n", remarks=["open: a\nb"])

    assert text.startswith("# Not proved.\nschema = 1\n")
    assert text.endswith("# open: a\n# b\n")
