"""What counts, what is waived, what is known, and what waits for a gate."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.check.baseline import BASELINE, read, written
from scaffold.check.claims import gate_named, reaches
from scaffold.check.listing import listing
from scaffold.check.policy import Policy, policy_of
from scaffold.check.rule import every_rule
from scaffold.check.run import Asked, check
from scaffold.core.errors import ScaffoldError
from scaffold.core.findings import Level

sys.path.insert(0, str(Path(__file__).parent))
from repositories import TODAY, checked, draw

BROKEN = {"src/net/a.py": "import torch\nx = torch.load('f')\n"}
WAIVER = """
[[waiver]]
rule = "{rule}"
path = "{path}"
reason = "theirs"
owner = "ada"
expires = {expires}
"""


def waived(root, **values):
    given = {"rule": "SEC001", "path": "*", "expires": "2030-01-01"} | values
    return draw(root, BROKEN | {"reengineering.toml": WAIVER.format(**given)})


@pytest.mark.parametrize("rule", ["SEC001", "torch-load-runs-code"])
def test_a_waiver_takes_a_finding_out_and_is_shown(rule, tmp_path):
    report = checked(waived(tmp_path, rule=rule), "SEC001")

    assert not report.findings
    assert [(one.owner, one.expires) for one in report.waived] == [("ada", "2030-01-01")]


def test_a_rule_that_stumbles_says_so_and_the_others_are_run(tmp_path):
    def stumbles(_):
        raise KeyError("x")

    rules = tuple(
        replace(rule, look=stumbles) if rule.id == "SEC001" else rule
        for rule in every_rule()
        if rule.id in ("SEC001", "SEC002")
    )
    draw(tmp_path, {"a.py": "import pickle\nx = pickle.load(f)\n"})

    findings = check(listing(tmp_path), Asked(rules=rules, today=TODAY)).report.findings

    assert [one.because for one in findings] == [
        "the rule could not be evaluated: KeyError: 'x'",
        "pickle.load reads a pickle",
    ]


@pytest.mark.parametrize(
    "values", [{"path": "tests/*"}, {"rule": "SEC002"}, {"expires": "2026-11-26"}]
)
def test_a_waiver_of_another_place_rule_or_time_waives_nothing(values, tmp_path):
    report = checked(waived(tmp_path, **values), "SEC001")

    assert len(report.findings) == 1
    assert not report.waived


def test_a_waiver_holds_on_its_last_day(tmp_path):
    assert checked(waived(tmp_path, expires="2026-11-27"), "SEC001").waived


def test_a_waiver_may_name_a_gate(tmp_path):
    draw(
        tmp_path,
        {
            "docs/plan.md": "---\nstatus: draft\ngate: G0\n---\n",
            "reengineering.toml": WAIVER.format(rule="G0", path="*", expires="2030-01-01"),
        },
    )

    assert checked(tmp_path, "DOC003").waived


def test_a_baseline_knows_what_was_there_and_no_more(tmp_path):
    draw(tmp_path, BROKEN)
    (tmp_path / BASELINE).parent.mkdir()
    (tmp_path / BASELINE).write_bytes(written(checked(tmp_path, "SEC001").findings))

    moved = "import torch\n\n\nx = torch.load('f')\n"
    draw(tmp_path, {"src/net/a.py": moved})
    assert len(checked(tmp_path, "SEC001").known) == 1
    assert not checked(tmp_path, "SEC001").findings

    draw(tmp_path, {"src/net/a.py": f"{moved}y = torch.load('g')\n"})
    assert [one.line for one in checked(tmp_path, "SEC001").findings] == [5]
    assert len(checked(tmp_path, "SEC001", baseline=False).findings) == 2


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": 2, "known": []}', '{"schema": 1}'])
def test_a_baseline_that_is_none_is_refused(text):
    with pytest.raises(ScaffoldError, match="is no baseline") as refused:
        read(text, where=str(BASELINE))

    assert "--baseline" in refused.value.remedy


def test_a_house_sets_levels_and_switches_rules_off(tmp_path):
    draw(tmp_path, BROKEN)

    noted = checked(tmp_path, "SEC001", policy=Policy(levels={"SEC001": Level.NOTE}))
    off = checked(tmp_path, "SEC001", policy=Policy(levels={"SEC001": None}))

    assert [one.level for one in noted.findings] == [Level.NOTE]
    assert not off.findings
    assert off.rules == 0


def test_a_house_lies_over_the_house_that_it_extends():
    below = Policy(levels={"A": None, "B": Level.NOTE}, required=("a",), banned={"x": "why"})
    own = Policy(levels={"A": Level.ERROR}, required=("b", "a"), model_name="m")

    both = own.over(below)

    assert both.levels == {"A": Level.ERROR, "B": Level.NOTE}
    assert both.required == ("a", "b")
    assert both.banned == {"x": "why"}
    assert both.model_name == "m"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (1, "check is 1, not a table"),
        ({"rule": {}}, "check has an unknown key 'rule'"),
        ({"rules": {"SEC001": "loud"}}, "check.rules is {'SEC001': 'loud'}"),
        ({"rules": {"ABC999": "off"}}, "check.rules names 'ABC999', which is no rule"),
        ({"required": "a"}, "check.required is 'a'"),
        ({"required": ["../a"]}, "check.required names '../a', which leaves the repository"),
        ({"banned_imports": ["x"]}, "check.banned_imports is ['x']"),
        ({"model_name": "("}, "check.model_name is '('"),
    ],
)
def test_a_table_of_a_house_that_is_wrong_is_refused(table, said):
    with pytest.raises(ScaffoldError) as refused:
        policy_of(table, where="house.toml", known=frozenset({"SEC001"}))

    assert refused.value.what.startswith(said)
    assert refused.value.remedy


def test_what_waits_for_a_gate_is_a_note_until_it_is_claimed_or_asked_for(tmp_path):
    page = {"docs/plan.md": "---\nstatus: draft\ngate: G1\n---\n"}
    draw(tmp_path, page | {"reengineering.toml": "[project]\n"})

    assert [one.level for one in checked(tmp_path, "DOC003").findings] == [Level.NOTE]
    assert [one.level for one in checked(tmp_path, "DOC003", gate="G1").findings] == [Level.ERROR]
    draw(tmp_path, {"reengineering.toml": '[project]\ngate = "G2"\n'})
    assert [one.level for one in checked(tmp_path, "DOC003").findings] == [Level.ERROR]


@pytest.mark.parametrize(
    ("said", "gate"), [("4", "G4f"), ("4a", "G4a"), ("G12", "G12"), ("g0", "G0")]
)
def test_a_gate_is_named_in_several_ways(said, gate):
    assert gate_named(said) == gate


def test_a_gate_that_is_none_is_refused_and_gates_have_an_order():
    with pytest.raises(ScaffoldError, match="'13' is no gate"):
        gate_named("13")
    assert reaches("G5", "G4f")
    assert not reaches("G4a", "G4b")
    assert not reaches("", "G0")
