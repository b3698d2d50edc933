import json
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest

from scaffold import __version__
from scaffold.cli.app import VERBS
from scaffold.cli.speak import harmless


def test_the_version_is_told(scaffold):
    assert scaffold("--version").out == f"scaffold {__version__}\n"


def test_help_names_every_verb_in_the_order_of_work(scaffold):
    said = scaffold("--help").out

    shown = [line.split()[1] for line in said.splitlines() if line.startswith("│ ")]
    assert [verb for verb in shown if verb in VERBS] == list(VERBS)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nwe"], "No such command 'nwe'."),
        (["new"], "Missing argument"),
        (["new", "x", "--no-such"], "No such option: --no-such"),
        (["new", "x", "--format", "xml"], "Invalid value for '--format'"),
        (["explain"], "Missing argument"),
    ],
)
def test_a_wrong_usage_ends_with_two(scaffold, arguments, said):
    answer = scaffold(*arguments)

    assert answer.code == 2
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_a_failure_is_told_to_people_and_to_programs(scaffold):
    text = scaffold("explain", "P99")
    program = scaffold("explain", "P99", "--format", "json")

    message = (
        "explain: 'P99' is no practice, defect or gate\n  try: did you mean P59 or P49 or P39?"
    )
    assert (text.code, text.out, text.err) == (2, "", f"scaffold: {message}\n")
    assert program.code == 2
    assert json.loads(program.out) == {
        "error": {
            "what": "'P99' is no practice, defect or gate",
            "where": "explain",
            "remedy": "did you mean P59 or P49 or P39?",
        }
    }


def test_an_unknown_failure_is_no_finding(scaffold, monkeypatch):
    def broken():
        raise KeyError("ours")

    verb = ModuleType("scaffold.cli.explain")
    verb.__spec__, verb.explain = ModuleSpec(verb.__name__, None), broken
    monkeypatch.setitem(sys.modules, verb.__name__, verb)

    answer = scaffold("explain")

    assert answer.code == 2
    assert answer.err.startswith("Traceback")
    assert answer.err.endswith(
        "scaffold: scaffold: stopped by an error that it does not know (KeyError: 'ours')\n"
        "  try: report it with the lines above\n"
    )


def test_a_message_does_not_steer_the_terminal():
    assert harmless("a\x1b[31m\nb\u202e") == "a\\x1b[31m\nb\\u202e"
