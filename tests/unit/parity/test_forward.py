"""One row a part, with the worst of its probes and the reason where there is no number."""

from __future__ import annotations

import pytest

from scaffold.core.comparison import Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.parity import forward_rows

DOUBLED = """class Doubled(nn.Module):
        def forward(self, x):
            return x.mul_(2.0)

    class Ours"""


def rows(opened):
    return {row.part: row for row in forward_rows(*opened)}


def test_every_mapped_part_has_a_row_and_the_model_is_the_first(sides):
    found = forward_rows(*sides())

    assert [(row.part, row.ours, row.kind) for row in found] == [
        ("", "", "Theirs"),
        ("body.0", "first", "Linear"),
        ("body.1", "act", "GELU"),
        ("head", "last", "Linear"),
    ]
    assert all(row.agrees for row in found)
    assert found[0].probes == (
        "normal", "times-20", "low-variance", "constant", "batch-1", "real",
    )  # fmt: skip


def test_local_interface_and_drift_are_told_apart(sides):
    found = rows(sides(("nn.GELU()", 'nn.GELU(approximate="tanh")')))

    assert found["body.0"].end_to_end.verdict is Verdict.EQUAL
    assert found["body.1"].local.verdict is Verdict.DIFFERENT
    assert found["body.1"].interface.verdict is Verdict.EQUAL
    assert found["head"].local.verdict is Verdict.EQUAL
    assert found["head"].interface.verdict is Verdict.DIFFERENT
    assert found["head"].end_to_end.verdict is Verdict.DIFFERENT


def test_the_worst_probe_is_named(sides):
    found = rows(sides(("self.act(self.first(x))", "self.act(self.first(x).clamp(max=6))")))

    assert found[""].local.probe == "times-20"


def test_a_part_that_ours_does_not_have_is_missing(sides):
    found = rows(sides(map_changes=[('ours = "act"', 'ours = "gelu"')]))

    assert found["body.1"].local.verdict is Verdict.MISSING
    assert found["body.1"].local.reason == "ours has no part of that name"


def test_a_part_that_ours_never_calls_is_missing(sides):
    found = rows(sides(("self.act(self.first(x))", "nn.functional.gelu(self.first(x))")))

    assert found["body.1"].local.verdict is Verdict.MISSING
    assert found["body.1"].local.reason == "theirs calls it at least once, ours 0 times"


def test_a_part_that_raises_is_different_and_the_parts_after_it_are_left_open(sides):
    broken = rows(
        sides(
            (
                "return self.last(self.act(self.first(x)))",
                "return self.last(self.first(x)[0:0, :2])",
            )
        )
    )

    assert broken["head"].local.reason.startswith("ours raises: RuntimeError: mat1 and mat2")
    assert broken[""].local.reason.startswith("ours raises in last: RuntimeError")
    assert broken["body.0"].agrees
    assert broken["body.1"].local.reason == "ours raised on every probe before it came here"


def test_a_wider_output_is_a_shape(sides):
    found = rows(
        sides(
            ("self.last(self.act(self.first(x)))", "self.last(self.act(self.first(x)))[..., None]")
        )
    )

    assert found[""].local.verdict is Verdict.SHAPE
    assert found[""].local.reason == "theirs is float32[2, 3], ours is float32[2, 3, 1]"


def test_float32_inside_falls_back_to_moved_inputs_and_says_so(sides):
    found = rows(sides(("self.act(self.first(x))", "self.act(self.first(x).float().to(x.dtype))")))

    assert found[""].agrees
    assert found[""].local.reason == (
        "no float64 shadow (leaves it in aten._to_copy.default); moved inputs"
    )


def test_randomness_that_evaluation_leaves_on_is_no_rounding(sides):
    noisy = ("self.act(self.first(x))", "nn.functional.dropout(self.act(self.first(x)), 0.5)")

    found = rows(sides(noisy))

    assert found["body.1"].local.verdict.agrees
    assert found[""].local.verdict is Verdict.DIFFERENT
    assert found[""].local.reason == (
        "gives another output when it is run again: something random is left on in evaluation mode"
    )


def test_a_part_that_works_in_place_is_not_taken_for_random(sides):
    found = rows(sides(("nn.GELU()", "Doubled()"), ("class Ours", DOUBLED)))

    assert found["body.1"].local.verdict is Verdict.DIFFERENT
    assert "run again" not in found["body.1"].local.reason


def test_randomness_that_one_probe_does_not_show_is_seen_on_another(sides):
    rare = "torch.rand(3) if (self.first(x).abs() > 9).any() else 0.0"

    found = rows(sides(("self.last(self.act(self.first(x)))",
                        f"self.last(self.act(self.first(x))) + ({rare})")))  # fmt: skip

    assert found[""].local.probe == "times-20"
    assert "run again" in found[""].local.reason


def test_nan_on_both_runs_is_not_taken_for_randomness(sides):
    found = rows(sides(("self.act(self.first(x))", "self.act(self.first(x)) * float('nan')")))

    assert "run again" not in found[""].local.reason


def test_weights_that_do_not_fit_are_an_error(sides):
    with pytest.raises(ScaffoldError, match=r"`last\.bias` of ours is made by no rule"):
        forward_rows(*sides(map_changes=[('ours = "last.bias"', 'ours = "last.shift"')]))
