"""The full model is judged by sketches: harmless forms agree, a defect is named in its place."""

from __future__ import annotations

import shutil
from pathlib import Path
from textwrap import dedent

import pytest

from scaffold.core.comparison import Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.golden import cache
from scaffold.golden.sketched import Sketches
from scaffold.parity.full import compare_full
from scaffold.parity.fulltensors import compare_tensors
from scaffold.parity.weightmap import WeightMap
from scaffold.reference.full import record_full
from scaffold.trace.subject import load

DEEP = Path(__file__).parents[1] / "reference" / "deep" / "adapter.py"
MAP = """
    schema = 1
    [[part]]
    theirs = "stem"
    ours = "stem"
    [[part]]
    theirs = "bn"
    ours = "bn"
    [[part]]
    theirs = "head"
    ours = "head"
    [[weight]]
    theirs = "order"
    ours = "order"
    [[weight]]
    theirs = "far"
    ours = "far"
"""
BLOCK = """
    [[part]]
    theirs = "blocks.{i}"
    ours = "blocks.{i}"
"""
NAMES = {
    **{f"blocks.{{i}}.{part}": ("weight", "bias") for part in ("norm", "mix")},
    "bn": ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"),
    "stem": ("weight", "bias"),
    "head": ("weight", "bias"),
}


def map_text(*, blocks=True):
    text = dedent(MAP) + (dedent(BLOCK) if blocks else "")
    for part in ("norm", "mix", "act"):
        text += f'[[part]]\ntheirs = "blocks.{{i}}.{part}"\nours = "blocks.{{i}}.{part}"\n'
    for part, leaves in NAMES.items():
        for leaf in leaves:
            text += f'[[weight]]\ntheirs = "{part}.{leaf}"\nours = "{part}.{leaf}"\n'
    return text


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("full")
    return record_full(DEEP, folder / "full", cache=folder / "cache"), folder / "cache"


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "weights.map.toml"
    path.write_text(map_text())
    return WeightMap.read(path)


@pytest.fixture
def candidate(tmp_path):
    def made(*changes):
        text = DEEP.read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / f"candidate_{len(list(tmp_path.iterdir()))}" / "candidate.py"
        path.parent.mkdir()
        path.write_text(text)
        return load(path)

    return made


HARMLESS = {
    "as it is": [],
    "a written-out norm": [
        ("nn.LayerNorm(width, eps=1e-6)", "Norm(width)"),
        (
            "class Block",
            (
                "class Norm(nn.Module):\n    def __init__(self, width):\n"
                "        super().__init__()\n"
                "        self.weight = nn.Parameter(torch.ones(width))\n"
                "        self.bias = nn.Parameter(torch.zeros(width))\n\n"
                "    def forward(self, x):\n        c = x - x.mean(-1, keepdim=True)\n"
                "        s = (c.square().mean(-1, keepdim=True) + 1e-6).rsqrt()\n"
                "        return c * s * self.weight + self.bias\n\n\nclass Block"
            ),
        ),
    ],
    "a residual the other way round": [
        ("x + self.act(self.mix(self.norm(x)))", "self.act(self.mix(self.norm(x))) + x")
    ],
}


@pytest.mark.parametrize("changes", HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_form_agrees(recorded, candidate, weights, changes):
    found = compare_full(recorded[0], candidate(*changes), weights)

    assert found.agrees, found.first
    assert found.first is None
    assert [row.part for row in found.parts][:3] == ["full/the model", "full/stem", "full/bn"]
    assert len(found.parts) == 16
    assert max(row.local.ratio for row in found.parts) < 8.0


def test_the_note_says_what_was_judged_and_how(recorded, candidate, weights):
    assert compare_full(recorded[0], candidate(), weights).notes == (
        (
            "full model: 16 of 16 parts are judged by sketches on probes normal, times-20, "
            "low-variance, real; q is estimated from sketches, within a factor of 1.75"
        ),
    )


DEFECTS = {
    "eps of one block": (
        ("self.blocks = nn.ModuleList([Block(width) for _ in range(depth)])",
         ("self.blocks = nn.ModuleList([Block(width) for _ in range(depth)])\n"
         "        if depth == 3:\n            self.blocks[1].norm.eps = 1e-4")),
        "full/blocks.1.norm",
    ),
    "another GELU": (
        ("self.act = nn.GELU()", "self.act = nn.GELU(approximate='tanh')"),
        "full/blocks.0.act",
    ),
    "a residual that is missing": (
        ("return x + self.act(", "return self.act("),
        "full/blocks.0",
    ),
    "channels that are not reversed": (
        ("(self.stem(x))[:, self.order].transpose", "(self.stem(x)).transpose"),
        "glue before full/blocks.0",
    ),
    "a permutation that keeps every norm": (
        ("h = block(h)", "h = block(h.flip(1) if block is self.blocks[2] else h)"),
        "glue before full/blocks.2",
    ),
    "it raises in a block": (
        ("h = block(h)", "h = block(h if block is not self.blocks[-1] else h[..., :5])"),
        "full/blocks.2.norm",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "place"), DEFECTS.values(), ids=DEFECTS)
def test_a_defect_is_named_where_it_begins(recorded, candidate, weights, change, place):
    found = compare_full(recorded[0], candidate(change), weights)

    assert not found.agrees
    assert found.first.place == place


def test_the_divergence_says_how_to_look_closer(recorded, candidate, weights):
    found = compare_full(recorded[0], candidate(DEFECTS["another GELU"][0]), weights)

    assert found.first.because.startswith(
        "what reaches it in a live run is the reference's, and it does not give what the "
        "reference's GELU gives (q "
    )
    assert found.first.remedy.endswith(
        "; to judge every part alone: scaffold record --tier T1, then scaffold compare --tier T1"
    )


def test_what_comes_after_a_defect_cannot_be_judged_live_and_says_so(recorded, candidate, weights):
    found = compare_full(recorded[0], candidate(DEFECTS["another GELU"][0]), weights)

    after = next(row for row in found.parts if row.part == "full/blocks.1.norm")
    assert (after.local.verdict, after.interface.verdict) == (
        Verdict.NOT_COMPARABLE, Verdict.DIFFERENT,
    )  # fmt: skip
    assert after.local.reason == (
        "what reaches it is not what reached theirs, so a live run cannot judge it; "
        "--tier T1 judges it alone"
    )


def test_full_tensors_judge_every_part_alone(recorded, candidate, weights):
    bundle, folder = recorded

    found = compare_tensors(bundle, folder, candidate(DEFECTS["another GELU"][0]), weights)

    local = {row.part: row.local.verdict for row in found.parts}
    assert {part for part, verdict in local.items() if not verdict.agrees} == {
        "full/the model", *(f"full/blocks.{i}{tail}" for i in range(3) for tail in ("", ".act")),
    }  # fmt: skip
    assert found.first.place == "full/blocks.0.act"
    assert found.notes == ("full model: 16 parts are judged alone on full tensors (tier T1)",)


def test_full_tensors_of_the_same_model_agree(recorded, candidate, weights):
    bundle, folder = recorded

    assert compare_tensors(bundle, folder, candidate(), weights).agrees


def test_an_empty_cache_is_refused_with_what_to_do(recorded, candidate, weights, tmp_path):
    bundle = recorded[0]
    count = len(Sketches.read(bundle))

    with pytest.raises(ScaffoldError) as raised:
        compare_tensors(bundle, tmp_path / "none", candidate(), weights)

    assert str(raised.value) == (
        f"{tmp_path / 'none'}: {count} of {count} full tensors are not in the cache, which tier T1 "
        "needs\n  try: record again with --tier T1, or fetch the folder from where it was recorded"
    )


def test_a_damaged_tensor_of_the_cache_is_refused(recorded, tmp_path):
    bundle, folder = recorded
    copy = shutil.copytree(folder, tmp_path / "cache")
    keys = [Sketches.read(bundle).key(number) for number in (3, 4)]
    shutil.copy(cache.path_of(copy, keys[0]), cache.path_of(copy, keys[1]))

    with pytest.raises(ScaffoldError, match="not the one that was recorded"):
        cache.load(copy, keys[1])
    cache.path_of(copy, keys[0]).write_bytes(b"\x05")
    with pytest.raises(ScaffoldError, match="the full tensor cannot be read"):
        cache.load(copy, keys[0])
    cache.path_of(copy, keys[0]).unlink()
    with pytest.raises(ScaffoldError, match="is not in the cache"):
        cache.load(copy, keys[0])


def test_a_part_of_the_full_model_that_no_row_names_is_not_matched(recorded, candidate, tmp_path):
    path = tmp_path / "short.map.toml"
    path.write_text(map_text(blocks=False))

    found = compare_full(recorded[0], candidate(), WeightMap.read(path))

    assert found.unmatched == tuple(
        f"full/blocks.{i} (Block): no [[part]] row of the map names it" for i in range(3)
    )
    assert not found.agrees


def test_a_large_constant_that_is_not_theirs_is_told(recorded, candidate, weights):
    found = compare_full(recorded[0], candidate(("% 7", "% 11")), weights)

    assert found.notes[1] == (
        "full model: far (int64[24, 60]) is a constant of theirs that is too large to store, "
        "and ours has another"
    )
    assert found.first.place == "full/the model"


def test_weights_that_do_not_fit_are_refused(recorded, candidate, weights):
    with pytest.raises(ScaffoldError, match=r"gets the shape"):
        compare_full(recorded[0], candidate(('"full": (24, 3)', '"full": (20, 3)')), weights)
