"""Make a model of transformers from a configuration object with overrides, without the hub."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError
from scaffold.reference.spec.factory import Factory
from scaffold.reference.spec.failures import require
from scaffold.reference.spec.near import did_you_mean, near

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.reference.spec.spec import Plain, Spec

_ALWAYS = ("attn_implementation", "dtype")
"""What every configuration takes, though it is no field of one."""


def factory(spec: Spec) -> Factory:
    """Find a model class, or the model of a configuration class.

    Raises:
        ScaffoldError: transformers is missing, has no such class, the class is none of a model, or
            the configuration has no field of a name that is given.
    """
    require("transformers", spec=spec.text)
    transformers = import_module("transformers")
    kind = _class(transformers, spec)
    if issubclass(kind, transformers.PreTrainedConfig):
        config, model = kind, _model_of(kind, spec)
    else:
        config, model = kind.config_class, kind
    overrides = nested(dict(spec.arguments))
    check_fields(config, overrides, spec)
    return Factory(
        make=lambda: model(config(**overrides)),
        builder=f"transformers:{model.__name__}",
    )


def _class(transformers: Any, spec: Spec) -> Any:  # noqa: ANN401 - a module, and a class in it
    names = [name for name in dir(transformers) if name[:1].isupper()]
    kind = getattr(transformers, spec.name, None) if spec.name in names else None
    if kind is None:
        raise ScaffoldError(
            f"transformers {transformers.__version__} has no class {spec.name!r}",
            where=spec.text,
            remedy=did_you_mean(
                spec.name,
                [name for name in names if name.endswith(("Model", "Config")) or "For" in name],
                otherwise="name the class of a model (BertModel) or of a configuration "
                "(BertConfig), not a checkpoint",
            ),
        )
    wanted = (transformers.PreTrainedModel, transformers.PreTrainedConfig)
    fits = isinstance(kind, type) and issubclass(kind, wanted)
    if not fits or (
        issubclass(kind, transformers.PreTrainedModel) and not isinstance(kind.config_class, type)
    ):
        automatic = spec.name.startswith("Auto")
        raise ScaffoldError(
            "chooses a class by a configuration from the hub"
            if automatic
            else "is no class of a model or of a configuration",
            where=spec.text,
            remedy="name the class itself: transformers:ViTForImageClassification, or "
            "transformers:ViTConfig for its plain model",
        )
    return kind


def _model_of(config: Any, spec: Spec) -> Any:  # noqa: ANN401 - classes
    automatic = import_module("transformers.models.auto.modeling_auto")
    for mapping in (automatic.MODEL_MAPPING, automatic.MODEL_FOR_PRETRAINING_MAPPING):
        found = mapping.get(config, None)
        if found is not None:
            return found[0] if isinstance(found, tuple | list) else found
    raise ScaffoldError(
        "has no model that belongs to it",
        where=spec.text,
        remedy="name the class of the model: transformers:CLASS with the same arguments",
    )


def nested(given: Mapping[str, Plain]) -> dict[str, Any]:
    """Make `vision_config.hidden_size=64` a dictionary within a dictionary."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        *above, last = name.split(".")
        inner = found
        for step in above:
            inner = inner.setdefault(step, {})
        inner[last] = value
    return found


def check_fields(config: Any, overrides: Mapping[str, Any], spec: Spec, path: str = "") -> None:  # noqa: ANN401 - a class
    """Raise when a configuration has no field of a name: it would take any and ignore it.

    Raises:
        ScaffoldError: There is no such field; the remedy names those that are near.
    """
    inner: dict[str, Any] = dict(getattr(config, "sub_configs", None) or {})
    try:
        example = config()
    except Exception:  # noqa: BLE001 - some need their inner configurations; then nothing is known
        return
    names = {*inspect.signature(config.__init__).parameters, *dir(example)} - {"self"}
    for name, value in overrides.items():
        if name in inner and isinstance(value, dict) and hasattr(inner[name], "sub_configs"):
            check_fields(inner[name], value, spec, path=f"{path}{name}.")
        elif name not in names and name not in _ALWAYS and not hasattr(example, name):
            raise ScaffoldError(
                f"{config.__name__} has no field {name!r}",
                where=f"{spec.text} {path}{name}",
                remedy=_fields_near(name, names, inner, path),
            )


def _fields_near(name: str, names: set[str], inner: Mapping[str, Any], path: str) -> str:
    within = [
        f"{path}{part}.{name}"
        for part, kind in inner.items()
        if hasattr(kind, "sub_configs") and name in inspect.signature(kind.__init__).parameters
    ]
    if within:
        return f"did you mean {' or '.join(within)}?"
    public = [f"{path}{one}" for one in near(name, [n for n in names if not n.startswith("_")])]
    return (
        f"did you mean {' or '.join(public)}?" if public else "see the fields of the configuration"
    )
