import pytest

from scaffold.core.comparison import Rung
from scaffold.testing import plugin

pytest_plugins = ("pytester",)

EMPTY = """
    import sys

    def test_nothing():
        scaffold = sorted(name for name in sys.modules if name.split(".")[0] == "scaffold")
        assert scaffold == ["scaffold", "scaffold.testing", "scaffold.testing.plugin"]
        heavy = {"torch", "numpy", "safetensors", "rich", "typer", "copier", "tomllib"}
        assert heavy & set(sys.modules) == set()
"""
STRICT = """
    [pytest]
    addopts = --strict-config --strict-markers
    filterwarnings = error
    xfail_strict = true
"""


@pytest.fixture
def parity(pytester, drawn):
    """A pytester that stands in a repository whose one golden is a LayerNorm."""
    drawn.draw_repository(pytester.path)
    return pytester


def suite(pytester, *fixtures):
    """Write one test per fixture, as a repository does."""
    text = "\n".join(f"def test_{name}({name}):\n    {name}.check()\n" for name in fixtures)
    folder = pytester.path / "tests" / "parity"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "test_ladder.py").write_text(text)


def test_another_project_pays_for_nothing_but_the_plugin_itself(pytester):
    pytester.makepyfile(EMPTY)

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_another_project_sees_no_parity_section(pytester):
    pytester.makepyfile("def test_nothing(): pass")

    result = pytester.runpytest()

    result.stdout.no_fnmatch_line("*= parity =*")


def test_a_strict_project_is_not_disturbed(pytester):
    pytester.makeini(STRICT)
    pytester.makepyfile("def test_nothing(): pass")

    pytester.runpytest().assert_outcomes(passed=1)


def test_the_plugin_can_be_switched_off(pytester):
    pytester.makepyfile("def test_nothing(): pass")

    result = pytester.runpytest("-p", "no:scaffold")

    result.assert_outcomes(passed=1)
    assert pytester.runpytest("-p", "no:scaffold", "--parity-tier", "T0").ret == 4


def test_a_project_may_have_a_fixture_of_the_same_name(pytester):
    pytester.makepyfile("""
        import pytest

        @pytest.fixture
        def loss_term():
            return 3

        def test_mine(loss_term):
            assert loss_term == 3
    """)

    pytester.runpytest().assert_outcomes(passed=1)


def test_a_parity_fixture_outside_of_a_repository_says_what_is_missing(pytester):
    suite(pytester, "forward_part")

    result = pytester.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "forward_part needs a repository: there is no reengineering.toml above *test_ladder.py",
            "  try: scaffold new, and put the test into its tests/parity",
        ]
    )


def test_ids_are_our_names_and_the_list_ends_with_everything_else(parity):
    suite(parity, "forward_part", "loss_term")

    result = parity.runpytest("--collect-only", "-q")

    assert result.outlines[:3] == [
        "tests/parity/test_ladder.py::test_forward_part[blocks.0.norm]",
        "tests/parity/test_ladder.py::test_forward_part[everything-else]",
        "tests/parity/test_ladder.py::test_loss_term[no-goldens]",
    ]


def test_collecting_parity_tests_loads_no_tensor_library(parity):
    suite(parity, "forward_part", "loss_term")
    parity.makeconftest("""
        import sys

        def pytest_collection_finish(session):
            assert len(session.items) == 3
            assert {"torch", "numpy", "safetensors", "rich"} & set(sys.modules) == set()
    """)

    assert parity.runpytest_subprocess("--collect-only", "-q").ret == 0


def test_a_rung_without_goldens_fails_with_its_message_and_no_traceback(parity):
    suite(parity, "loss_term")

    result = parity.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*_ test_loss_term[[]no-goldens] _*",
            "rung loss has no goldens",
            "  where    goldens/twin",
            "  how far  not measured",
            "  cause    nothing was recorded on this rung, so nothing is known about it",
            "  do       let *then: scaffold record",
            "*= parity =*",
            "first failure: rung loss has no goldens",
            "parity: 0 of 1 items agree",
            "  loss       0 of 1",
            "FAILED *test_loss_term[[]no-goldens] - rung loss ha*",
        ]
    )
    result.stdout.no_fnmatch_line("*loss_term.check()*")


@pytest.mark.parametrize("style", ["long", "native"])
def test_a_traceback_that_was_asked_for_is_shown(parity, style):
    suite(parity, "loss_term")

    result = parity.runpytest(f"--tb={style}")

    result.stdout.fnmatch_lines(["*loss_term.check()*"])


def test_every_fixture_is_documented_and_has_a_rung(parity):
    result = parity.runpytest("--fixtures")

    result.stdout.fnmatch_lines_random([f"{fixture} -- *" for fixture in plugin.RUNGS])
    assert list(plugin.RUNGS.values()) == [rung.value for rung in Rung]


def test_workers_agree_on_the_tests_and_the_summary_is_whole(parity):
    suite(parity, "loss_term", "init_item", "trace_item")

    result = parity.runpytest_subprocess("-n", "2")

    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["first failure: rung loss has no goldens", "parity: 0 of 3 *"])


def test_strict_settings_hold_in_a_repository(parity):
    parity.makeini(STRICT)
    suite(parity, "loss_term")

    parity.runpytest().assert_outcomes(failed=1)


def test_an_unknown_tier_is_refused(parity):
    result = parity.runpytest("--parity-tier", "T9")

    assert result.ret == 4
    result.stderr.fnmatch_lines(["*--parity-tier: invalid choice: 'T9'*"])
