"""The parity suite of a repository, run as its user runs it, on a small pair of implementations."""

import shutil
from pathlib import Path

import pytest

from scaffold.reference import record

pytest_plugins = ("pytester",)

PAIR = Path(__file__).parent / "pair"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The pair with its goldens, recorded once for all tests of this file."""
    root = tmp_path_factory.mktemp("pair") / "repository"
    shutil.copytree(PAIR, root, ignore=shutil.ignore_patterns("__pycache__"))
    record(root / "reference" / "adapter.py", root / "goldens" / "twin")
    return root


@pytest.fixture
def suite(pytester, recorded):
    """A pytester that stands in a copy of the pair."""
    shutil.copytree(recorded, pytester.path, dirs_exist_ok=True)
    return pytester


def plant(suite, old, new, file="tests/parity/candidate.py"):
    path = suite.path / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def failed(result):
    return {line.split("::")[1].split(" - ")[0] for line in result.outlines if "FAILED" in line}


def test_the_same_model_passes_every_rung(suite):
    result = suite.runpytest("-q")

    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "*= parity =*",
            "parity: 87 of 87 items agree",
            "  structure  15 of 15",
            "  weights    8 of 8",
            "  forward    6 of 6",
            "  loss       5 of 5",
            "  backward   6 of 6",
            "  gradient   8 of 8",
            "  train      6 of 6",
            "  optimizer  13 of 13",
            "  schedule   2 of 2",
            "  ema        not offered by the adapter: it defines no `ema`",
            "  state      7 of 7",
            "  init       7 of 7",
            "  trace      4 of 4",
        ]
    )


def test_a_wrong_constant_fails_its_part_and_the_message_stands_alone(suite):
    plant(suite, "EPS = 1e-6", "EPS = 1e-5")

    result = suite.runpytest("-k", "forward")

    assert failed(result) == {"test_forward[before]", "test_forward[the model]"}
    result.stdout.fnmatch_lines(
        [
            "*_ test_forward[[]before[]] _*",
            "before differs from the reference (q *)",
            "  where    rung forward; LayerNorm norm of the reference, before of ours",
            "  how far  q *, where 1 is one rounding of ours; worst at (*): theirs *, ours *",
            "  since    seen on probe *; everything before it in dataflow order agrees",
            "  cause    given the reference's own input it does not give what *",
            "  do       hold it against the reference's LayerNorm: constants (eps, scale), *",
            "*= parity =*",
            "first divergence: before",
            "parity: 4 of 6 items agree",
        ]
    )
    result.stdout.no_fnmatch_line("*forward_part.check()*")
    result.stdout.no_fnmatch_line("*/candidate.py:*")


def test_a_defect_is_seen_by_workers_too_and_summed_up_once(suite):
    plant(suite, "EPS = 1e-6", "EPS = 1e-5")

    result = suite.runpytest_subprocess("-n", "2", "-k", "forward")

    assert failed(result) == {"test_forward[before]", "test_forward[the model]"}
    result.stdout.fnmatch_lines(["first divergence: before", "parity: 4 of 6 items agree"])


def test_a_defect_of_training_fails_its_own_rungs(suite):
    plant(suite, "weight_decay=0.05", "weight_decay=0.0")

    result = suite.runpytest(
        "-q", "-k", "test_loss or test_gradient or test_optimizer or test_schedule"
    )

    names = {name.partition("[")[0] for name in failed(result)}
    assert names == {"test_optimizer"}
    result.stdout.fnmatch_lines(["  loss       5 of 5", "  optimizer  * of 13"])


def test_a_part_that_nothing_is_mapped_to_fails(suite):
    plant(suite, '[[part]]\ntheirs = "act"\nours = "bend"\n', "", file="weights.map.toml")

    result = suite.runpytest("-q", "-k", "forward")

    assert failed(result) == {"test_forward[act]"}
    result.stdout.fnmatch_lines(
        [
            "act (GELU) of the reference is not matched",
            "  cause    no [[][[]part[]][]] row of the map names it",
        ]
    )


def test_a_candidate_that_raises_fails_every_item_and_is_run_once(suite):
    raising = "open('runs', 'a').write('x')\n    raise RuntimeError('not yet')"
    plant(suite, "    return Residual()", f"    {raising}")

    result = suite.runpytest("-q", "-k", "forward")

    result.assert_outcomes(failed=6, deselected=82)
    result.stdout.fnmatch_lines(
        ["rung forward could not be compared: `build` fails (RuntimeError: not yet)*"]
    )
    assert (suite.path / "runs").read_text() == "x"


def test_a_warning_of_the_candidate_is_shown_and_is_no_failure(suite):
    plant(suite, "    return Residual()", "    warnings.warn('slow')\n    return Residual()")
    plant(suite, "import math\n", "import math\nimport warnings\n")
    suite.makeini("[pytest]\nfilterwarnings = error\naddopts = --strict-config --strict-markers\n")

    result = suite.runpytest("-k", "forward")

    result.assert_outcomes(passed=6, deselected=82, warnings=1)
    result.stdout.fnmatch_lines(["*UserWarning: slow"])


def test_a_failure_of_one_part_says_what_reproduces_it_and_when_it_agreed(suite):
    (suite.path / ".git").mkdir()
    (suite.path / ".git" / "HEAD").write_text("0123456789abcdef\n")
    suite.runpytest_subprocess("-q", "-k", "test_forward and before")
    plant(suite, "EPS = 1e-6", "EPS = 1e-5")

    result = suite.runpytest_subprocess("-q", "-k", "test_forward and before")

    result.stdout.fnmatch_lines(
        [
            "before differs from the reference (q *",
            "  since    *; agreed last on commit 0123456789",
            "  cause    given the reference's own input it does not give *reproduces it, q *",
        ]
    )
