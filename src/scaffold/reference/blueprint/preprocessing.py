"""Find what turns a sample into the model's input, in the metadata that its library keeps."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from scaffold.core.blueprint import Attribute, Preprocessing
from scaffold.reference.blueprint.values import Values
from scaffold.reference.spec.spec import SpecSource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import nn

    from scaffold.reference.spec.build import Reference

Found = tuple[Preprocessing | None, str]
"""What was found, or else why nothing was."""


def preprocessing_of(model: nn.Module, reference: Reference) -> Found:
    """Give the effective preprocessing of a model; where there is none, the reason."""
    finders: dict[SpecSource, Callable[[nn.Module, Reference], Found]] = {
        SpecSource.TIMM: _timm,
        SpecSource.TORCHVISION: _torchvision,
        SpecSource.TRANSFORMERS: _transformers,
    }
    finder = finders.get(reference.spec.source)
    if finder is None:
        return None, "no preprocessing is known: a factory tells of none"
    try:
        return finder(model, reference)
    except Exception as error:  # noqa: BLE001 - metadata is a stranger's, and no reason to stop
        return None, f"no preprocessing is known: {type(error).__name__}: {str(error)[:120]}"


def _timm(model: nn.Module, _: Reference) -> Found:
    config = import_module("timm.data").resolve_model_data_config(model)
    return (
        Preprocessing(
            source="timm.data.resolve_model_data_config",
            size=_whole(config.get("input_size")),
            mean=_real(config.get("mean")),
            std=_real(config.get("std")),
            interpolation=str(config.get("interpolation", "")),
            crop=config.get("crop_pct"),
            # timm resizes with PIL, which filters what it makes smaller.
            antialias=True,
            settings=_settings(config),
        ),
        "",
    )


def _torchvision(_: nn.Module, reference: Reference) -> Found:
    models = import_module("torchvision.models")
    weights = models.get_model_weights(reference.spec.name)
    entry = getattr(weights, "DEFAULT", None)
    if entry is None:
        return (
            None,
            f"no preprocessing is known: torchvision has no weights of {reference.spec.name}",
        )
    transform = entry.transforms()
    found = {name: one for name, one in vars(transform).items() if name not in _of_modules()}
    crop, resize = found.get("crop_size"), found.get("resize_size")
    sides = _whole(crop) or _whole(resize)
    size = (3, *(sides if len(sides) > 1 else sides * 2)) if sides else ()
    steps = type(transform)
    return (
        Preprocessing(
            source=f"{entry} ({steps.__module__}.{steps.__qualname__})",
            size=size if crop else (),
            mean=_real(found.get("mean")),
            std=_real(found.get("std")),
            interpolation=str(getattr(found.get("interpolation"), "value", "")),
            crop=None if not crop or not resize else round(crop[0] / resize[0], 6),
            antialias=found.get("antialias"),
            settings=_settings(found),
        ),
        "",
    )


def _of_modules() -> set[str]:
    """Name what every torch module has, and tells nothing of a transform."""
    from torch import nn  # noqa: PLC0415 - as late as the rest

    return set(vars(nn.Module()))


def _transformers(model: nn.Module, _: Reference) -> Found:
    kind = str(getattr(getattr(model, "config", None), "model_type", ""))
    sources = (
        ("image_processing_auto", "IMAGE_PROCESSOR_MAPPING_NAMES"),
        ("feature_extraction_auto", "FEATURE_EXTRACTOR_MAPPING_NAMES"),
        ("video_processing_auto", "VIDEO_PROCESSOR_MAPPING_NAMES"),
        ("tokenization_auto", "TOKENIZER_MAPPING_NAMES"),
    )
    transformers = import_module("transformers")
    reasons: list[str] = []
    for module, table in sources:
        names = getattr(import_module(f"transformers.models.auto.{module}"), table, {}).get(kind)
        for name in _names(names):
            try:
                processor = getattr(transformers, name)()
                return _processor(name, processor), ""
            except Exception as error:  # noqa: BLE001 - the next one may be made without files
                reasons.append(f"{name} ({type(error).__name__})")
    why = (
        f"cannot be made without files: {', '.join(reasons)}" if reasons else "it has no processor"
    )
    return None, f"no preprocessing is known of {kind or 'this model'}: {why}"


def _names(names: Any) -> list[str]:  # noqa: ANN401 - as transformers has it
    if isinstance(names, dict):
        names = list(names.values())
    found = names if isinstance(names, tuple | list) else [names]
    return [one for one in found if isinstance(one, str)]


def _processor(name: str, processor: Any) -> Preprocessing:  # noqa: ANN401 - of transformers
    told: dict[str, Any] = processor.to_dict() if hasattr(processor, "to_dict") else {}
    size = _sides(told.get("crop_size")) or _sides(told.get("size"))
    sampling = told.get("resample")
    return Preprocessing(
        source=f"transformers.{name}",
        size=(3, *size) if size else (),
        mean=_real(told.get("image_mean")),
        std=_real(told.get("image_std")),
        interpolation=_FILTERS.get(int(sampling), str(sampling)) if sampling is not None else "",
        settings=_settings(told),
    )


_FILTERS = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic", 4: "box", 5: "hamming"}
"""How PIL numbers its filters."""


def _sides(size: Any) -> tuple[int, ...]:  # noqa: ANN401 - as processors have it
    if size is None:
        return ()
    get = size.get if hasattr(size, "get") else lambda name: getattr(size, name, None)
    sides = (get("height"), get("width"))
    return tuple(int(one) for one in sides if one) if all(sides) else ()


def _settings(found: Mapping[str, Any]) -> tuple[Attribute, ...]:
    values = Values()
    return tuple(
        Attribute(name=name, value=values.of(getattr(value, "value", value)))
        for name, value in found.items()
        if not name.startswith("_")
    )


def _whole(value: Any) -> tuple[int, ...]:  # noqa: ANN401 - a number or several
    if isinstance(value, int):
        return (value,)
    return tuple(int(one) for one in value) if isinstance(value, tuple | list) else ()


def _real(value: Any) -> tuple[float, ...]:  # noqa: ANN401 - likewise
    return tuple(float(one) for one in value) if isinstance(value, tuple | list) else ()
