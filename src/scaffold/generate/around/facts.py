"""Turn a blueprint into what the templates speak of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scaffold.core.blueprint import Manner, ValueKind
from scaffold.core.blueprint.flat import flat
from scaffold.generate.around.task import Data, Loss
from scaffold.generate.around.written import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scaffold.core.blueprint import Blueprint, Value
    from scaffold.generate.around.classes import ClassFacts
    from scaffold.generate.around.task import Task

DATA_WORDS = {
    Data.DIGITS: "scikit-learn's digits, 1,797 images, brought to the size of the model's images.",
    Data.TEXT: "English text that Python itself carries (the help of its topics), as bytes.",
    Data.DRAWN: "Numbers drawn by the description of the inputs; nothing that ships fits them.",
}
LOSS_WORDS = {
    Loss.CLASSES: "Cross entropy of the scores of each sample.",
    Loss.TOKENS: "Cross entropy of the token that comes next.",
    Loss.SQUARES: "The mean square of what comes out: shapes tell no task.",
    Loss.OWN: "The sum of the losses that the model gives in training mode.",
}
_GATES = {
    "reuse": "G0 G1 G2 G4b G8 G11 G12",
    "adapt": "G0 G1 G2 G4b G4f G8 G11 G12",
}
_ALL_GATES = "G0 G1 G2 G3 G4a G4b G4c G4d G4e G4f G5 G6 G7 G8 G9 G10 G11 G12"


def facts(
    full: Blueprint,
    twin: Blueprint,
    task: Task,
    classes: Sequence[ClassFacts],
    *,
    twin_arguments: dict[str, Any],
) -> dict[str, Any]:
    """Give the values that the templates name, beside the answers.

    Args:
        full: The reference at full size.
        twin: The same at the smallest size; the same value where there is no twin.
        task: How it is trained.
        classes: Every class that is to be written.
        twin_arguments: What the twin is built with beside the arguments of the full one.
    """
    firsts = [flat(one.inputs)[0] for one in (full, twin)]
    image = [row.shape for row in firsts]
    words = [int(row.high or 0) + 1 for row in firsts]
    steps = full.preprocessing
    channels = image[0][1] if len(image[0]) > 1 else 1
    told = steps is not None and len(steps.mean) == len(steps.std) == channels
    own = [row.name for row in task.inputs]
    by_name = any(not row.positional for row in task.inputs)
    return {
        "spec": full.origin.spec,
        "origin": _origin(full),
        "seed": full.origin.seed,
        "arguments": {one.name: plain(one.value) for one in full.origin.arguments if not one.added},
        "twin": twin_arguments,
        "input_names": own if by_name else [],
        "data": task.data.value,
        "loss": task.loss.value,
        "classes": task.classes,
        "beside": [list(one) for one in task.beside],
        "metric": "accuracy" if task.loss in (Loss.CLASSES, Loss.TOKENS) else "loss_total",
        "data_words": DATA_WORDS[task.data],
        "loss_words": LOSS_WORDS[task.loss],
        "images": {"full": image[0], "twin": image[1]},
        "words": {"full": words[0], "twin": words[1]},
        "mean": list(steps.mean) if steps and told else [0.0] * channels,
        "std": list(steps.std) if steps and told else [1.0] * channels,
        "preprocessing": steps,
        "full": effective(full),
        "small": effective(twin),
        "parts": classes,
        "root": full.root.qualname,
        "distributions": full.distributions,
        "pins": _pins(full),
        "top_level": _top_level(full),
        "parameters": full.parameters,
        "flops": full.flops,
        "torch": full.environment.torch,
        "inputs": task.inputs,
        "outputs": [leaf for leaf in full.outputs if leaf.shape is not None],
        "inputs_words": "; ".join(f"{r.name} {r.dtype} {list(r.shape)}" for r in task.inputs),
        "outputs_words": "; ".join(
            f"{leaf.dtype} {list(leaf.shape)}" for leaf in full.outputs if leaf.shape is not None
        ),
        "effects": full.modes.effects,
        "notes": full.notes,
        "layers": _layers(full),
    }


def gates(activity: str) -> list[str]:
    """Give the gates that a kind of reengineering passes."""
    return _GATES.get(activity, _ALL_GATES).split()


def model_name(blueprint: Blueprint, task: Task) -> str:
    """Name the model by architecture, size, task, data and version (P58)."""
    plain_name = re.sub(r"[^a-z0-9]+", "_", blueprint.origin.name.rpartition(":")[2].lower())
    size = blueprint.parameters
    told = f"{size / 1e6:.0f}m" if size >= 1e6 else f"{size / 1e3:.0f}k"  # noqa: PLR2004 - mega
    return f"{plain_name.strip('_')}-{told}-{task.loss}-{task.data}-v1"


def effective(blueprint: Blueprint) -> dict[str, Any]:
    """Give every argument of the model's own class that can be written down, defaults included.

    Of a configuration object its fields are given under its argument's name.
    """
    found: dict[str, Any] = {}
    for one in blueprint.root.arguments:
        if one.manner in (Manner.REST, Manner.NAMED_REST):
            continue
        if one.value.literal:
            found[one.name] = plain(one.value)
        elif one.value.kind is ValueKind.CONFIG and blueprint.origin.config is not None:
            found[one.name] = dict(_fields(blueprint.origin.config))
    return found


def _fields(config: Value) -> Iterable[tuple[str, Any]]:
    for name, value in zip(config.names, config.items, strict=True):
        if value.literal and not name.startswith("_"):
            yield name, plain(value)


def _origin(blueprint: Blueprint) -> str:
    if not blueprint.distributions:
        return "a file"
    first = blueprint.distributions[0]
    return f"{first.name} {first.version} ({first.licence or 'its metadata tell no licence'})"


def _pins(blueprint: Blueprint) -> list[str]:
    pins = [f"torch=={blueprint.environment.torch.partition('+')[0]}"]
    for one in blueprint.distributions:
        if one.name != "torch" and one.version:  # a file of its own has none
            source = f" @ git+{one.remote}@{one.commit}" if one.remote and one.commit else ""
            pins.append(f"{one.name}{source}" if source else f"{one.name}=={one.version}")
    return pins


def _top_level(blueprint: Blueprint) -> list[str]:
    """Name the packages that nothing but the adapter may import."""
    found = {part.module.partition(".")[0] for part in blueprint.classes if not part.torch}
    found.add(blueprint.origin.builder.partition(".")[0].partition(":")[0])
    return sorted(name for name in found if name and not name.startswith("_"))


def _layers(blueprint: Blueprint) -> list[str]:
    return sorted(f"`nn.{kind.qualname}`" for kind in blueprint.classes if kind.torch)
