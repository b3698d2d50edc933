"""Which planted defects the goldens of a part can see, and what is said of those that cannot."""

from __future__ import annotations

import shutil

import pytest

from scaffold.core.comparison import Rung, Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.golden import Bundle, amended
from scaffold.parity import WeightMap, compare
from scaffold.parity.vacuity import examined, weakness
from scaffold.reference import record
from scaffold.reference.drift import between
from scaffold.reference.renewal import renewed
from scaffold.trace import subject

MODEL = '''
import torch
from torch import nn


class Guard(nn.Module):
    """A bound that no ordinary input comes near."""

    def forward(self, x):
        return x.clamp(min=-BOUND)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(6, 8)
        self.norm = nn.LayerNorm(8, eps=1e-5)
        self.guard = Guard()
        self.off = nn.Dropout(0.5)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        return self.head(self.off(self.guard(self.norm(self.inner(x)))))


def build(size="twin"):
    return Net()
'''
THEIRS = """

def example_batch():
    x = torch.linspace(-2.0, 2.0, 24).reshape(4, 6)
    return (x * x.flip(0).cos(),), torch.zeros(4)
"""
MAP = "schema = 1\n" + "".join(
    f'[[part]]\ntheirs = "{name}"\nours = "{name}"\n'
    for name in ("inner", "norm", "guard", "off", "head")
)
MAP += "".join(
    f'[[weight]]\ntheirs = "{name}.{leaf}"\nours = "{name}.{leaf}"\n'
    for name in ("inner", "norm", "head")
    for leaf in ("weight", "bias")
)


def written(folder, source, bound):
    file = folder / "model.py"
    file.write_text(source.replace("BOUND", bound), encoding="utf-8")
    return subject.load(file)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("theirs")
    theirs = written(folder, MODEL + THEIRS, "50.0")
    return examined(record(theirs.path, folder / "goldens"), theirs)


def ours(folder, bound):
    (folder / "weights.map.toml").write_text(MAP, encoding="utf-8")
    return written(folder, MODEL, bound), WeightMap.read(folder / "weights.map.toml")


def test_a_golden_that_shows_nothing_of_its_kind_is_weak_and_says_what_would_help(
    recorded, tmp_path
):
    found = compare(recorded, *ours(tmp_path, "60.0"), rungs=[Rung.FORWARD])

    rows = {row.part: row.local for row in found.parts}
    assert rows["guard"].verdict is Verdict.WEAK
    assert rows["guard"].reason.startswith("the golden shows none of the defects of its kind (")
    assert rows["guard"].reason.endswith("a probe that gives a thousand times its input would")
    assert found.agrees, "what cannot be seen is told, and is no divergence"


def test_a_part_whose_defects_show_is_not_weak(recorded, tmp_path):
    found = compare(recorded, *ours(tmp_path, "50.0"), rungs=[Rung.FORWARD])

    rows = {row.part: row.local.verdict for row in found.parts}
    assert rows["norm"] in (Verdict.EQUAL, Verdict.ROUNDING)
    assert rows["head"] in (Verdict.EQUAL, Verdict.ROUNDING)
    assert rows["off"] in (Verdict.EQUAL, Verdict.ROUNDING), "nothing can be wrong with it"


def test_a_weak_golden_still_sees_what_is_beyond_it(recorded, tmp_path):
    found = compare(recorded, *ours(tmp_path, "0.5"), rungs=[Rung.FORWARD])

    assert found.first.place == "guard"


def test_each_kind_of_defect_is_kept_with_the_probes_that_show_it(recorded):
    table = recorded.table("sensitivity")

    assert table["parts"]["norm"]["eps"].count("1") > 0
    assert len(table["parts"]["norm"]["eps"]) == len(table["probes"])
    assert set(table["parts"]["head"]["bias"]) == {"1"}
    assert "1" not in "".join(on for kind, on in table["parts"]["guard"].items() if kind == "slope")


def test_blind_spots_are_told_one_by_one_with_the_count(recorded):
    notes = weakness(recorded).notes

    assert notes[0].startswith("the goldens see ")
    assert notes[0].endswith(" kinds of planted defects")
    assert any(note.startswith("blind spot: guard: ") for note in notes)


def test_a_bundle_that_was_not_examined_says_so(recorded):
    bare = Bundle.read(recorded.folder)
    del bare.manifest["tables"]["sensitivity"]

    found = weakness(bare)

    assert found.parts == {}
    assert found.notes == (
        "which defects the goldens can see was not measured; `scaffold record` measures it",
    )


def test_what_goldens_can_see_is_no_drift_of_the_reference(recorded):
    other = Bundle.read(recorded.folder)
    other.manifest["tables"]["sensitivity"] = {}

    assert between(recorded, other).verdict is Verdict.EQUAL


def test_an_examined_bundle_keeps_its_tensors_and_can_be_read_again(recorded):
    before = {entry.id: entry.hash for entry in recorded.entries}

    again = amended(recorded, {"note": {"of": 1}})

    assert {entry.id: entry.hash for entry in again.entries} == before
    assert again.table("note") == {"of": 1}
    assert again.table("sensitivity") == recorded.table("sensitivity")


def test_a_manifest_that_cannot_be_amended_stays_what_it_was(recorded):
    text = (recorded.folder / "manifest.json").read_bytes()
    blocked = recorded.folder / ".manifest.json.writing"
    blocked.mkdir()

    with pytest.raises(ScaffoldError, match="cannot be written: Is a directory") as caught:
        amended(recorded, {"more": 1})

    blocked.rmdir()
    assert caught.value.where.endswith("manifest.json")
    assert caught.value.remedy == "look at its permissions and its space, or name another folder"
    assert (recorded.folder / "manifest.json").read_bytes() == text


def test_an_update_also_replaces_what_goldens_were_thought_to_see(recorded, tmp_path):
    first = shutil.copytree(recorded.folder, tmp_path / "goldens")
    amended(Bundle.read(first), {"sensitivity": {}})

    done = renewed(
        first,
        lambda folder: shutil.copytree(recorded.folder, folder, dirs_exist_ok=True),
        update=True,
        reason="more is seen",
    )

    assert done.written
    assert done.drift.verdict is Verdict.EQUAL
    assert done.bundle.table("sensitivity") == recorded.table("sensitivity")


def test_a_block_that_is_closed_on_every_input_is_recorded_and_weak(tmp_path):
    shut = MODEL.replace("self.guard(self.norm", "self.shut(self.norm").replace(
        "self.off = nn.Dropout(0.5)",
        "self.gate = nn.Threshold(1e9, 0.25); self.off = nn.Identity()",
    )
    shut = shut.replace(
        "    def forward(self, x):\n        return self.head",
        "    def shut(self, x):\n        return x * (1 + self.gate(x))\n\n"
        "    def forward(self, x):\n        return self.head",
    )
    theirs = written(tmp_path, shut + THEIRS, "50.0")
    bundle = record(theirs.path, tmp_path / "goldens")
    text = MAP.replace("guard", "gate")
    (tmp_path / "weights.map.toml").write_text(text, encoding="utf-8")

    found = compare(bundle, theirs, WeightMap.read(tmp_path / "weights.map.toml"), [Rung.FORWARD])

    rows = {row.part: row.local for row in found.parts}
    assert rows["gate"].verdict is Verdict.WEAK
    assert rows["gate"].reason == (
        "the golden is one number everywhere; "
        "a batch or weights on which the reference's part does something would help"
    )
    assert rows["head"].verdict in (Verdict.EQUAL, Verdict.ROUNDING)
