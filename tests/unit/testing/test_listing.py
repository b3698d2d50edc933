from scaffold.core.comparison import Rung
from scaffold.parity.rungs import GOLDENS
from scaffold.testing.listing import MARKS, listed
from scaffold.testing.names import Names, read_names


def test_parts_come_in_the_order_of_execution_once_each(manifest, repository):
    names = read_names(repository / "weights.map.toml")

    assert listed(manifest, names)[Rung.FORWARD] == ("the model", "blocks.0.norm", "norm")


def test_a_part_that_nothing_is_mapped_to_keeps_their_name(manifest):
    assert "layers.0.norm1" in listed(manifest, Names())[Rung.FORWARD]


def test_the_items_of_the_other_rungs_are_named_as_the_comparison_names_them(manifest, repository):
    found = listed(manifest, read_names(repository / "weights.map.toml"))

    assert found[Rung.LOSS] == ("total value", "total gradient")
    assert found[Rung.GRADIENT] == ("blocks.0.query", "blocks.0.key", "input 0")
    assert found[Rung.OPTIMIZER] == ("head group", "head update")
    assert found[Rung.SCHEDULE] == ("lr of blocks.0.query", "lr of head")
    assert found[Rung.TRACE] == ("learning rate", "gradient norm", "loss")


def test_a_rung_that_was_not_recorded_is_not_listed(manifest):
    assert not {Rung.STRUCTURE, Rung.STATE, Rung.INIT} & listed(manifest, Names()).keys()


def test_every_rung_has_a_mark_and_the_marks_are_those_of_the_comparison():
    assert set(MARKS) == set(Rung)
    assert {rung: MARKS[rung] for rung in GOLDENS} == GOLDENS


def test_a_part_that_is_excused_is_not_listed_and_an_idle_one_with_weights_is(manifest):
    idle = {"part": "out", "kind": "Linear", "calls": 0, "parameters": 3, "aliases": []}
    manifest["tables"]["parts"] = [idle, {**idle, "part": "drop", "parameters": 0}]

    found = listed(manifest, Names(excuses=("nor{i}", "norm")))[Rung.FORWARD]

    assert found == ("the model", "layers.0.norm1", "out")


def test_structure_is_listed_by_size_and_weights_by_the_rules_of_the_map(manifest, repository):
    table = {"parameters": [["layers.0.in_proj", [2], "float32"]], "buffers": [], "count": 2}
    manifest["tables"]["structure"] = {"twin": table, "full": table}

    found = listed(manifest, read_names(repository / "weights.map.toml"))

    assert found[Rung.STRUCTURE][:3] == (
        "twin: parameters",
        "twin: blocks.0.query",
        "twin: blocks.0.key",
    )
    assert found[Rung.STRUCTURE][3] == "full: parameters"
    assert found[Rung.WEIGHTS] == ("map", "blocks.0.query, blocks.0.key", "buffer", "head")
