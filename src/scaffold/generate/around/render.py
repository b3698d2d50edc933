"""Put what is known of a reference in the place of the example of the shipped house."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from scaffold.core.blueprint.document import dumps
from scaffold.core.errors import ScaffoldError
from scaffold.generate.around.classes import class_facts
from scaffold.generate.around.facts import facts, gates, model_name
from scaffold.generate.around.identity import identity_map
from scaffold.generate.around.layout import REPOSITORY, SUFFIX
from scaffold.generate.around.project import with_reference
from scaffold.generate.around.skeleton import skeleton
from scaffold.generate.around.task import Data, task_of
from scaffold.generate.around.written import as_python, as_toml, assigned, yaml_block
from scaffold.house.plan import File
from scaffold.house.table import Owner, Row
from scaffold.house.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.core.blueprint import Blueprint
    from scaffold.generate.around.classes import ClassFacts
    from scaffold.generate.around.layout import Layout
    from scaffold.generate.render import Rendered

PROJECT = PurePosixPath("pyproject.toml")
BLUEPRINT = PurePosixPath("reference/blueprint.json")
TWIN_BLUEPRINT = PurePosixPath("reference/blueprint.twin.json")


def around(
    rendered: Rendered,
    layout: Layout,
    full: Blueprint,
    *,
    twin: Blueprint | None = None,
    twin_arguments: Mapping[str, Any] | None = None,
) -> Rendered:
    """Give the files of a repository around a reference.

    Args:
        rendered: What the house that is extended gives with the answers.
        layout: The house around a reference.
        full: The blueprint of the reference.
        twin: That of its twin; None where it is small enough to be its own.
        twin_arguments: What the twin is built with beside the arguments of the full one.

    Raises:
        ScaffoldError: The reference takes something else than tensors.
    """
    task = task_of(full)
    classes = class_facts(full)
    answers = dict(rendered.answers)
    told = answers | facts(
        full, twin or full, task, classes, twin_arguments=dict(twin_arguments or {})
    )
    told |= {
        "gates": gates(str(answers.get("activity"))),
        "model_name": model_name(full, task),
        "twin_places": _twin_places(full, twin or full),
    }
    files = {
        path: file for path, file in rendered.files.items() if not layout.leaves_out(path, answers)
    }
    files |= _brought(layout, told, task.data)
    models = PurePosixPath("src", str(answers["package"]), "models")
    made = {models / f"{one.module}.py": skeleton(one) for one in classes}
    made[BLUEPRINT] = dumps(full)
    if twin is not None:
        made[TWIN_BLUEPRINT] = dumps(twin)
    weights = PurePosixPath("src", str(answers["package"]), "conversion", "weights.map.toml")
    made[weights] = identity_map([full] if twin is None else [full, twin])
    made[PROJECT] = with_reference(files[PROJECT].content.decode(), told["pins"][1:])
    files |= {path: File(content=text.encode()) for path, text in made.items()}
    rows = _rows(rendered, layout, answers, [*made], classes)
    house = replace(rendered.house, id=layout.id, version=layout.version, rows=rows)
    return replace(
        rendered,
        house=house,
        files=dict(sorted(files.items())),
        tree_hash=f"{rendered.tree_hash}+{Tree.of(layout.root).digest()}",
    )


def _twin_places(full: Blueprint, twin: Blueprint) -> dict[str, tuple[str, ...]]:
    """Give the places of every class in the twin.

    Raises:
        ScaffoldError: The twin lacks a class, which nothing could be proved of then.
    """
    found = {kind.kind: ("",) if kind.torch else kind.parts for kind in twin.classes}
    for kind in full.classes:
        if not kind.torch and kind.kind not in found:
            raise ScaffoldError(
                f"the twin has no {kind.qualname}, which the full model has at "
                f"{kind.parts[0] or 'its root'}",
                where="--twin",
                remedy="give the twin arguments under which every class is still there",
            )
    return found


def _brought(layout: Layout, told: Mapping[str, Any], data: Data) -> dict[PurePosixPath, File]:
    """Render the files of the layout; of the sources of data only the one that fits."""
    engine = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    engine.filters |= {
        "python": as_python,
        "assigned": lambda value, name: assigned(name, value),
        "python_list": lambda value: as_python(list(value)),
        "toml": as_toml,
        "yaml": yaml_block,
    }
    tree = Tree.of(layout.root / REPOSITORY)
    others = {f"{other}.py" for other in Data if other is not data}
    found: dict[PurePosixPath, File] = {}
    for path in tree.files:
        place = Row(path=str(path).removesuffix(SUFFIX), purpose="").at(told)
        if place.parent.name == "data" and place.name in others:
            continue
        content = tree.read(path)
        if path.name.endswith(SUFFIX):
            content = engine.from_string(content.decode()).render(told).encode()
        found[place] = File(content=content)
    return found


def _rows(
    rendered: Rendered,
    layout: Layout,
    answers: Mapping[str, object],
    made: list[PurePosixPath],
    classes: tuple[ClassFacts, ...],
) -> tuple[Row, ...]:
    """Join both tables, and give a row to what no table can know."""
    brought = {row.at(answers): row for row in layout.rows}
    kept = {
        path: row
        for path, row in rendered.house.placed(answers).items()
        if not layout.leaves_out(path, answers)
    }
    purposes = {
        BLUEPRINT: "What was found out about the reference",
        TWIN_BLUEPRINT: "What was found out about its twin",
    }
    models = {f"{one.module}.py": one for one in classes}
    joined = kept | brought
    for path in made:
        if path not in joined:
            stands = models.get(path.name)
            purpose = f"Stands for {stands.theirs}" if stands else "Which weight is which"
            joined[path] = Row(
                path=str(path), purpose=purposes.get(path, purpose), owner=Owner.USER
            )
    return tuple(joined.values())
