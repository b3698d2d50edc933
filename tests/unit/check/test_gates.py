"""Gates are opened by evidence, in their order."""

import json
import sys
from pathlib import Path

import pytest

from scaffold.check.gates.findings import with_gates
from scaffold.check.gates.verdict import State, gates
from scaffold.core.comparison import Comparison, Judgement, PartRow, Rung, RungRow, Verdict
from scaffold.house.proof import RUNGS, Proof, kept, proofs

sys.path.insert(0, str(Path(__file__).parent))
from repositories import checked, draw, fresh, repository

ALL = ("structure", "weights", "forward", "loss", "backward", "gradient", "train", "optimizer",
       "schedule", "state", "init", "data", "metrics", "trace")  # fmt: skip
HOLDS = {rung: Proof(items=3, differ=0) for rung in ALL}


def done(root):
    """Finish every page that is asked for, as a person would."""
    for path in (root / "docs").glob("*.md"):
        text = path.read_text().replace("status: draft", "status: done")
        path.write_text(text.replace("status: stub", "status: done"))
    return root


def judged(root, proofs):
    return gates(repository(root), checked(root).findings, proofs)


def state(root, proofs):
    return {stand.gate.id: stand.state for stand in judged(root, proofs).stands}


def test_a_fresh_repository_waits_for_its_pages(tmp_path):
    found = judged(fresh(tmp_path), {})

    assert found.next.gate.id == "G0"
    assert found.next.reasons == ("docs/plan.md: is a draft (DOC003)",)
    assert found.reached == ""
    assert found.total == 0


def test_pages_and_evidence_open_the_gates_up_to_the_first_run(tmp_path):
    found = judged(done(fresh(tmp_path)), HOLDS)

    assert found.reached == "G6"
    assert found.next.gate.id == "G7"
    assert found.next.reasons == ("no run of test-accuracy is in the ledger",)
    assert found.score["model"] == 5
    assert {one.state for one in found.stands[13:]} <= {State.WAITS, State.OPEN}


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        (None, "the rung loss was not compared: scaffold compare"),
        (Proof(items=3, differ=0, fresh=False), "the evidence of loss is older than"),
        (Proof(items=3, differ=1, first="z"), "1 of 3 items of loss differ, first z"),
    ],
)
def test_a_rung_that_lacks_is_old_or_differs_keeps_its_gate_shut(proof, said, tmp_path):
    root = done(fresh(tmp_path))
    evidence = dict(HOLDS)
    evidence.pop("loss")
    if proof is not None:
        evidence["loss"] = proof

    found = judged(root, evidence)

    assert found.next.gate.id == "G4c"
    assert found.next.reasons[0].startswith(said)
    assert found.next.gate.back == "G1"
    assert state(root, evidence)["G5"] is State.WAITS


def run(**values):
    return json.dumps(
        {"date": "2026-01-01T00:00:00Z", "target": "test-accuracy", "value": 0.975, "seed": 0,
         "config": "c", "note": "n", "commit": "a" * 40, "metrics": {"x": 1},
         "environment": {"torch": "2"}} | values
    )  # fmt: skip


def test_runs_and_results_open_seven_and_eight(tmp_path):
    root = done(fresh(tmp_path))
    (root / "results/experiments.jsonl").write_text(run(value=0.9) + "\n")
    assert "is 0.074 below its target; the band is 0.03" in judged(root, HOLDS).next.reasons[0]

    (root / "results/experiments.jsonl").write_text(run() + "\n")
    assert judged(root, HOLDS).next.gate.id == "G8"
    assert "test-accuracy was not measured" in judged(root, HOLDS).next.reasons

    measured = {"target": "test-accuracy", "value": 0.9, "std": 0.0, "seeds": [0, 1, 2],
                "commit": "a" * 40, "hardware": "cpu", "seconds": 9}  # fmt: skip
    (root / "results/measured.yaml").write_text(json.dumps({"schema": 1, "measured": [measured]}))
    assert "test-accuracy is 0.9, and the target 0.964 at least" in judged(root, HOLDS).next.reasons


def test_a_spent_budget_keeps_the_sixth_gate_shut(tmp_path):
    root = done(fresh(tmp_path))
    (root / "results/experiments.jsonl").write_text("".join(run() + "\n" for _ in range(20)))

    assert judged(root, HOLDS).next.reasons == ("20 runs are in the ledger, and the budget is 20",)


def test_a_gate_that_is_waived_or_not_asked_for_stops_nobody(tmp_path):
    root = done(fresh(tmp_path))
    manifest = (root / "reengineering.toml").read_text()
    why = 'reason = "no augmentation"\nowner = "ada"\nexpires = 2031-01-01'
    waiver = f'\n[[waiver]]\nrule = "G4f"\n{why}\n'
    (root / "reengineering.toml").write_text(manifest.replace('"G4e", ', "") + waiver)
    evidence = {name: proof for name, proof in HOLDS.items() if name not in ("data", "init")}

    assert state(root, evidence)["G4f"] is State.WAIVED
    assert state(root, evidence)["G4e"] is State.NOT_ASKED


def test_asking_for_a_gate_turns_what_keeps_it_shut_into_findings(tmp_path):
    root = done(fresh(tmp_path))
    report = checked(root, gate="G5")

    shut = with_gates(repository(root), report, {}, upto="G4a")
    passed = with_gates(repository(root), report, HOLDS, upto="G5")

    assert {one.code for one in shut.findings if one.gate == "G4a"} == {"GATE/G4a"}
    assert not shut.clean
    assert passed.clean


def compared(**verdicts):
    part = PartRow(part="a", ours="b", kind="Linear", local=Judgement(verdict=verdicts["forward"]),
                   interface=Judgement(verdict=Verdict.EQUAL),
                   end_to_end=Judgement(verdict=Verdict.EQUAL))  # fmt: skip
    rows = (RungRow(rung=Rung.LOSS, item="z", judgement=Judgement(verdict=verdicts["loss"])),)
    return Comparison(reference="r", bundle="b", parts=(part,), rungs=rows)


def test_evidence_is_kept_and_grows_old_with_the_code(tmp_path):
    draw(tmp_path, {"src/net/a.py": "x = 1\n"})
    (tmp_path / RUNGS).parent.mkdir(parents=True)
    comparison = compared(forward=Verdict.EQUAL, loss=Verdict.DIFFERENT)
    (tmp_path / RUNGS).write_text(kept(tmp_path, comparison))

    assert proofs(tmp_path)["forward"].holds
    assert proofs(tmp_path)["loss"] == Proof(items=1, differ=1, first="z")
    draw(tmp_path, {"src/net/a.py": "x = 2\n"})
    assert not proofs(tmp_path)["forward"].holds


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 2}', '{"schema": 1, "rungs": []}'])
def test_evidence_that_cannot_be_read_is_none(text, tmp_path):
    draw(tmp_path, {str(RUNGS): text})

    assert proofs(tmp_path) == {}
