"""What a comparison proved, and when it does not count any more."""

from __future__ import annotations

import json

import pytest

from scaffold.core.comparison import Comparison, Judgement, PartRow, Rung, RungRow, Verdict
from scaffold.core.errors import ScaffoldError
from scaffold.house.evidence import EVIDENCE, Standing, evidence_of, stands
from scaffold.house.parts import PARTS, Status, is_skeleton, read_parts, set_status

ROW = """
[[part]]
theirs = "m:{name}"
ours = "{module}:{name}"
status = "{status}"
places = {places}
"""
WRITTEN = "class Gate:\n    def forward(self, x):\n        return x\n"
SKELETON = (
    "class Net:\n    def __init__(self):\n        super().__init__()\n"
    '        raise NotImplementedError("delegated")\n'
)


@pytest.fixture
def repository(tmp_path):
    models = tmp_path / "src" / "net" / "models"
    models.mkdir(parents=True)
    (models / "gate.py").write_text("from .helper import f\n" + WRITTEN)
    (models / "helper.py").write_text("def f():\n    return 1\n")
    (models / "net.py").write_text(SKELETON)
    rows = [
        ROW.format(name="Gate", module="gate", status="written", places='["a.gate", "b"]'),
        ROW.format(name="Net", module="net", status="delegated", places='[""]'),
    ]
    (tmp_path / PARTS).write_text("schema = 1\n" + "".join(rows))
    return tmp_path


def row(part, verdict=Verdict.EQUAL):
    judged = Judgement(verdict=verdict)
    return PartRow(
        part=part, ours=part, kind="Gate", local=judged, interface=judged, end_to_end=judged
    )


def compared(*parts, rungs=()):
    return Comparison(
        reference="r", bundle="b", parts=parts, rungs=rungs, first=None, unmatched=(), notes=()
    )


def remember(root, comparison):
    (root / EVIDENCE).parent.mkdir(parents=True, exist_ok=True)
    (root / EVIDENCE).write_text(json.dumps(evidence_of(read_parts(root / PARTS), comparison)))


def standing(root):
    return [(str(one.standing), one.why) for one in stands(read_parts(root / PARTS))]


def test_a_written_class_is_not_proved_before_it_was_compared(repository):
    assert standing(repository) == [("written", "not compared yet"), ("delegated", "")]


def test_a_class_is_proved_where_all_its_places_agree(repository):
    remember(repository, compared(row("a.gate"), row("b", Verdict.ROUNDING), row("c")))

    assert standing(repository)[0] == ("proved", "")


@pytest.mark.parametrize(
    "comparison",
    [
        compared(row("a.gate"), row("b.inner", Verdict.DIFFERENT)),
        compared(
            row("b"),
            rungs=(
                RungRow(
                    rung=Rung.TRAIN, item="b.inner", judgement=Judgement(verdict=Verdict.MISSING)
                ),
            ),
        ),
    ],
    ids=["forward", "train"],
)
def test_a_class_diverges_where_a_part_within_it_does(repository, comparison):
    remember(repository, comparison)

    assert standing(repository)[0] == ("diverges", "at b.inner")


def test_a_difference_elsewhere_leaves_it_proved(repository):
    remember(repository, compared(row("a.gate"), row("bb", Verdict.DIFFERENT)))

    assert standing(repository)[0][0] == Standing.PROVED


@pytest.mark.parametrize("name", ["gate.py", "helper.py"])
def test_evidence_that_is_older_than_the_code_does_not_count(repository, name):
    remember(repository, compared(row("a.gate"), row("b")))
    file = repository / "src" / "net" / "models" / name

    file.write_text(file.read_text() + "\nx = 1\n")

    assert standing(repository)[0] == ("written", "its code is newer than the evidence")


def test_evidence_that_cannot_be_read_is_none(repository):
    (repository / EVIDENCE).parent.mkdir(parents=True)
    (repository / EVIDENCE).write_text("[")

    assert standing(repository)[0][0] == Standing.WRITTEN


def test_a_status_is_changed_in_its_row_alone(repository):
    before = (repository / PARTS).read_text()
    table = read_parts(repository / PARTS)

    assert set_status(table, table.find("Gate"), Status.DELEGATED)

    assert (repository / PARTS).read_text() == before.replace('"written"', '"delegated"')
    table = read_parts(repository / PARTS)
    assert not set_status(table, table.find("Gate"), Status.DELEGATED)


def test_a_skeleton_is_told_from_what_is_written(repository):
    models = repository / "src" / "net" / "models"

    assert is_skeleton(models / "net.py", "Net")
    assert not is_skeleton(models / "gate.py", "Gate")
    with pytest.raises(ScaffoldError, match="has no class Other"):
        is_skeleton(models / "gate.py", "Other")
    (models / "gate.py").write_text("class (")
    with pytest.raises(ScaffoldError, match="cannot be read as Python"):
        is_skeleton(models / "gate.py", "Gate")
