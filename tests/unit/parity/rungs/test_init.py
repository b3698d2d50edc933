"""The init rung judges by sampling error, and constants exactly."""

import pytest

from scaffold.core.comparison import Verdict
from scaffold.parity.rungs import init

LINEAR = "nn.init.uniform_(weight, -bound, bound)"
PLACES = "nn.init.trunc_normal_(places, std=0.02, a=-0.04, b=0.04)"
QKV = {f"blocks.{i}.attention.{part}.weight" for i in (0, 1) for part in ("query", "key", "value")}
MATRICES = QKV | {
    "classes.weight",
    *(f"blocks.{i}.{part}.weight" for i in (0, 1) for part in ("attention.out", "up", "down")),
}
MUTANTS = {
    "truncated normal, std 0.02": (LINEAR, "nn.init.trunc_normal_(weight, std=0.02)", MATRICES),
    "kaiming": (LINEAR, "nn.init.kaiming_uniform_(weight)", MATRICES),
    "torch's own": (LINEAR, "nn.init.kaiming_uniform_(weight, a=5**0.5)", MATRICES),
    "xavier of each split alone": ("2 * WIDTH * fused", "0 * fused", QKV),
    "normal of the same std": (LINEAR, "nn.init.normal_(weight, std=bound / 3**0.5)", MATRICES),
    "cut at two instead of two sigma": ("a=-0.04, b=0.04", "a=-2.0, b=2.0", {"places"}),
    "zeros": (PLACES, "nn.init.zeros_(places)", {"places"}),
    "bias not zeroed": ("nn.init.zeros_(self.patches.bias)", "pass", {"patches.bias"}),
    "another constant": (
        "        start_places(self.places)",
        "        start_places(self.places)\n        nn.init.constant_(self.last.weight, 0.999)",
        {"last.weight"},
    ),
}


def test_ours_agrees_and_constants_are_equal(bundle, weights, ours, wrong):
    rows = init.rows(bundle, ours(), weights)

    assert wrong(rows) == {}
    assert len(rows) == 41 + 2
    verdicts = {row.item: row.judgement.verdict for row in rows}
    assert verdicts["batch_norm.running_var"] is Verdict.EQUAL
    assert verdicts["places"] is Verdict.ROUNDING


@pytest.mark.parametrize("name", MUTANTS)
def test_another_family_is_caught_at_its_parameters(name, bundle, weights, ours, wrong):
    old, new, expected = MUTANTS[name]

    assert set(wrong(init.rows(bundle, ours((old, new)), weights))) == expected


def test_a_split_drawn_alone_is_named_with_both_spreads(bundle, weights, ours, wrong):
    found = wrong(init.rows(bundle, ours(("2 * WIDTH * fused", "0 * fused")), weights))

    judgement = found["blocks.0.attention.key.weight"]
    assert judgement.worst.startswith("std: theirs 0.17")
    assert judgement.reason == ("768 elements of theirs, 2048 of ours, in sampling errors")


def test_zero_against_random_says_which_is_which(bundle, weights, ours, wrong):
    found = wrong(init.rows(bundle, ours((PLACES, "nn.init.zeros_(places)")), weights))

    assert found["places"].worst.startswith("theirs is random (mean ")
    assert found["places"].worst.endswith("ours is 0 everywhere")


@pytest.mark.parametrize("seed", range(100, 2100, 100))
def test_a_right_init_raises_no_alarm_whatever_the_seed(seed, record_in, weights, ours, wrong):
    assert wrong(init.rows(record_in("seed", seed=seed), ours(), weights)) == {}


def test_positions_computed_in_another_order_agree(record_in, weights, ours, wrong):
    def table(power):
        return (
            f"p = torch.arange(16.0)[:, None] * {power}\n"
            "        self.positions.data = torch.cat([p.sin(), p.cos()], 1)[None]"
        )

    theirs = table("10000.0 ** (-torch.arange(8.0) / 8)")
    alike = table("torch.exp(-math.log(10000.0) * torch.arange(8.0) / 8)")
    other = table("torch.exp(-math.log(10000.0) * torch.arange(8.0) / 7)")
    line = "nn.init.trunc_normal_(self.positions, std=0.02, a=-0.04, b=0.04)"
    bundle = record_in("sincos", (line, theirs))

    def mapped(text):
        return ours(("start_places(self.places)", text.replace("positions", "places")))

    assert wrong(init.rows(bundle, mapped(alike), weights)) == {}
    assert set(wrong(init.rows(bundle, mapped(other), weights))) == {"places"}
