"""The repository around a reference, as a value."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import replace
from pathlib import PurePosixPath

import pytest
import yaml

from scaffold.core.blueprint.document import loads
from scaffold.core.errors import ScaffoldError
from scaffold.generate.around.render import around
from scaffold.generate.repository import owners
from scaffold.house.table import Owner

MODELS = PurePosixPath("src/my_net/models")


@pytest.fixture(scope="module")
def made(inspected, rendered, layout):
    full = inspected("Net", "width=16", "depth=3")
    return around(
        rendered,
        layout,
        full,
        twin=inspected("Net", "width=4", "depth=2"),
        twin_arguments={"width": 4, "depth": 2},
    )


def text(made, path):
    return made.files[PurePosixPath(path)].content.decode()


def test_every_class_of_theirs_has_a_module_small_layers_first(made):
    parts = tomllib.loads(text(made, "parts.toml"))["part"]

    assert [part["ours"] for part in parts] == ["gate:Gate", "block:Block", "net:Net"]
    assert parts[0]["places"] == ["blocks.0.gate", "blocks.1.gate"]
    assert {f"{name}.py" for name in ("gate", "block", "net", "network", "__init__")} == {
        path.name for path in made.files if path.parent == MODELS
    }


def test_a_skeleton_tells_what_is_given_and_what_passes(made):
    skeleton = text(made, MODELS / "gate.py")

    (kind,) = [node for node in ast.parse(skeleton).body if isinstance(node, ast.ClassDef)]
    init, forward = (node.args for node in kind.body if isinstance(node, ast.FunctionDef))
    assert [one.arg for one in init.args] == ["self", "width"]
    assert [one.arg for one in init.kwonlyargs] == ["slope"]
    assert not any(init.kw_defaults)  # nothing is left implicit
    assert [one.arg for one in forward.args] == ["self", "x"]
    assert "slope: 1.0." in skeleton
    assert "0 float32[2, 16, 32, 32] -> float32[2, 16, 32, 32]" in skeleton
    assert "Own weights: scale [16]." in skeleton


def test_none_of_their_source_is_copied(made):
    everything = "\n".join(file.content.decode(errors="replace") for file in made.files.values())

    assert "self.slope * x" not in everything


def test_what_the_example_was_made_of_is_gone(made):
    paths = set(map(str, made.files))

    assert not [path for path in paths if "vit" in path or path.startswith("goldens/")]
    assert not paths & {"reference/model.py", "src/my_net/data/augment.py"}
    assert {"tests/unit/test_ledger.py", "src/my_net/data/order.py", "Makefile"} <= paths


def test_every_argument_stands_in_the_configuration(made):
    full, twin = (
        yaml.safe_load(text(made, f"configs/model/{size}.yaml")) for size in ("full", "twin")
    )

    assert full["arguments"] == {"width": 16, "depth": 3, "classes": 5}
    assert twin["arguments"] == {"width": 4, "depth": 2, "classes": 5}


def test_the_map_gives_every_weight_to_itself_whatever_its_number(made):
    rows = tomllib.loads(text(made, "src/my_net/conversion/weights.map.toml"))

    names = {row["theirs"] for row in rows["weight"]}
    assert {"blocks.{i}.gate.scale", "head.weight", "blocks.{i}.norm.running_mean"} <= names
    assert all(row["theirs"] == row["ours"] for row in rows["weight"] + rows["part"])


def test_the_blueprints_are_kept_and_can_be_read(made):
    assert loads(text(made, "reference/blueprint.json")).parameters > 1000
    assert loads(text(made, "reference/blueprint.twin.json")).root.qualname == "Net"


def test_every_file_has_an_owner_and_what_was_read_belongs_to_the_engineer(made):
    owned = owners(made)

    assert owned[MODELS / "gate.py"] is Owner.USER
    assert owned[PurePosixPath("reference/blueprint.json")] is Owner.USER
    assert owned[PurePosixPath("Makefile")] is Owner.BOTH


def test_only_the_source_of_data_that_fits_is_there(made, inspected, rendered, layout):
    words = around(rendered, layout, inspected("Words"))
    drawn = around(rendered, layout, inspected("Two", inputs=["a=2x4:float32", "b=2x5:float32"]))

    for files, there in ((made, "digits"), (words, "text"), (drawn, "drawn")):
        found = {path.stem for path in files.files if path.parent.name == "data"}
        assert found & {"digits", "text", "drawn"} == {there}
    assert 'return {"next_token"' in text(words, "src/my_net/losses/total.py")
    assert 'return {"squares"' in text(drawn, "src/my_net/losses/total.py")


def test_a_twin_without_a_class_is_refused(inspected, rendered, layout):
    with pytest.raises(
        ScaffoldError,
        match=r"the twin has no (Gate|Block), which the full model has at blocks.*\n  try: give "
        "the twin arguments",
    ):
        around(rendered, layout, inspected("Net"), twin=inspected("Net", "depth=0"))


def test_a_reference_that_takes_a_structure_is_called_with_its_tensors(inspected, rendered, layout):
    made = around(rendered, layout, inspected("Pair", inputs=["pair.x=2x4:float32"]))

    assert 'INPUTS = ["pair.x"]' in text(made, "reference/adapter.py")
    assert "positional(kind(**arguments), INPUTS)" in text(made, "src/my_net/models/network.py")


def test_a_reference_that_takes_nothing_is_refused(inspected, rendered, layout):
    nothing = replace(inspected("Net"), inputs=())

    with pytest.raises(
        ScaffoldError,
        match=r"(?s)forward takes no tensor.*  try: write a factory whose model takes",
    ):
        around(rendered, layout, nothing)
