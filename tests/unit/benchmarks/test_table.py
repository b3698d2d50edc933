"""The page says what was run, on what, and what was wrong."""

from benchmarks.defects.run import Asked
from benchmarks.defects.table import page


def row(**changes):
    return {
        "id": "waves/norm.rms/x",
        "operator": "norm.rms",
        "pair": "waves",
        "method": "scaffold",
        "kind": "defect",
        "differs": True,
        "places": ["x"],
        "truth": ["x"],
        "cause": "",
        "cause_rows": [],
        "rows": ["D47"],
        "refused": "",
        "seconds": 1.0,
        "megabytes": 2.0,
        "recording": 3.0,
        "half": "held-out",
        "novelty": "old operators on new architectures",
    } | changes


def test_a_whole_run_says_nothing_of_parts():
    text = page([row()], restricted="", drawn=3)

    assert text.startswith("# Who finds planted defects\n\n1 cases: 1 defects of 1 kinds")
    assert "one in 3 of every couple of operator and architecture, drawn by a hash" in text
    assert "Nothing was missed, nothing called wrong, no place was another." in text


def test_a_part_of_the_benchmark_says_so_at_the_top():
    text = page([row()], restricted="methods: scaffold", drawn=3)

    assert "> This is a part of the benchmark (methods: scaffold), and not its result." in text


def test_a_run_is_restricted_by_anything_that_leaves_cases_out():
    assert Asked().restricted == ""
    assert Asked(one_in=1).restricted == ""
    assert Asked(only=("vit",), one_in=6).restricted == "architectures: vit; drawn: one in 6"
    assert Asked(methods=("scaffold",), half="held-out").restricted == (
        "methods: scaffold; cases: held-out"
    )


def test_held_out_and_calibrated_cases_stand_in_tables_of_their_own():
    text = page(
        [
            row(),
            row(id="vit/norm.rms/x", pair="vit", half="calibration", differs=False),
            row(id="waves/bias.doubled/x"),
        ],
        restricted="",
        drawn=1,
    )
    sections = text.split("\n## ")

    assert [section.splitlines()[0] for section in sections[1:]] == [
        "What was calibrated on what",
        "Held out",
        "scaffold, by what is new",
        "scaffold, by architecture",
        "For calibration",
        "What scaffold got wrong",
    ]
    assert "| scaffold | 2 | 100.0 % (34.2-100.0) |" in sections[2]
    assert "| scaffold | 1 | 0.0 % (0.0-79.3) |" in sections[5]


def test_misses_alarms_and_other_places_are_listed_by_name():
    text = page(
        [
            row(id="a", differs=False, places=[]),
            row(id="b", kind="rewrite", places=["y"]),
            row(id="c", places=["z"]),
            row(id="d", method="allclose 1e-3", differs=False),
        ],
        restricted="",
        drawn=1,
    )

    assert text.rpartition("## What scaffold got wrong\n\n")[2].splitlines() == [
        "- missed: `a`",
        "- false alarm: `b`, named `y`",
        "- another place: `c`, named `z`",
    ]
