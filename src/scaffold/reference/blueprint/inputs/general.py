"""Guess the inputs of any torch module, from its first layers and the names that `forward` uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from scaffold.core.blueprint import Input, InputKind
from scaffold.reference.blueprint.inputs.rows import placed_row
from scaffold.reference.blueprint.inputs.signature import first_parameter, required
from scaffold.reference.blueprint.inputs.vision import BATCH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Rows = tuple[Input, ...]

TOKENS = 16
SIZES = (32, 224, 64, 28, 299)
"""Sides of images that are tried: small ones first, then what classifiers are made for."""
LENGTHS = (256, 16000)
_IDS = re.compile(r"ids|idx|tok|src|tgt|input", re.IGNORECASE)
_MASK = re.compile(r"mask", re.IGNORECASE)
_SIZE_NAMES = ("img_size", "image_size", "input_size", "default_input_size")


def candidates(model: nn.Module) -> list[Rows]:
    """Give what a module may take, by each of its first layers; nothing where names say nothing."""
    example = getattr(model, "example_input_array", None)
    if isinstance(example, Tensor):
        return [(_like(first_parameter(model), example),)]
    names = required(model) or [first_parameter(model)]
    if isinstance(model, nn.Bilinear):
        sizes = (model.in1_features, model.in2_features)
        return [tuple(_real(n, (BATCH, s)) for n, s in zip(names, sizes, strict=True))]
    found: list[Rows] = []
    if len(names) == 1 and next(model.parameters(), None) is None:
        # Nothing has a width, so anything may fit.
        found += [(_image(names[0], (BATCH, 3, 32, 32)),), (_real(names[0], (BATCH, TOKENS)),)]
    for layer in _first_layers(model):
        for row in _forms(names[0], layer, model):
            rows = _rest(row, names, model)
            if rows and rows not in found:
                found.append(rows)
    return found


def vocabulary(model: nn.Module) -> int:
    """Give the rows of the first table of a model; 0 where it has none."""
    tables = (part for part in model.modules() if isinstance(part, nn.Embedding))
    return next((table.num_embeddings for table in tables), 0)


def _first_layers(model: nn.Module) -> Iterator[nn.Module]:
    """Give the first layer of every kind that tells of its input, in order of registration."""
    seen: set[type] = set()
    for part in model.modules():
        kind = next((one for one in _TELLING if isinstance(part, one)), None)
        if kind is not None and kind not in seen:
            seen.add(kind)
            yield part


def _forms(name: str, layer: nn.Module, model: nn.Module) -> Iterator[Input]:
    """Give the inputs that a layer takes, if it is the first one to be called."""
    if isinstance(layer, nn.Embedding):
        high = layer.num_embeddings - 1
        yield placed_row(name, (BATCH, TOKENS), "int64", InputKind.TOKENS, 0, high)
        return
    for kind, shapes in _SHAPES.items():
        if isinstance(layer, kind):
            for shape in shapes(layer, model):
                image = isinstance(layer, _OF_IMAGES)
                yield _image(name, shape) if image else _real(name, shape)
            break
    if isinstance(layer, nn.Linear):
        yield from _flat_images(name, layer.in_features)


def _squares(layer: Any, model: nn.Module) -> list[tuple[int, ...]]:  # noqa: ANN401 - a Conv2d
    return [(BATCH, layer.in_channels, height, width) for height, width in _sizes(model)]


_OF_IMAGES = (nn.Conv2d, nn.Conv3d, nn.BatchNorm2d)

_SHAPES: dict[type[nn.Module], Callable[[Any, nn.Module], list[tuple[int, ...]]]] = {
    nn.Conv1d: lambda one, _: [(BATCH, one.in_channels, length) for length in LENGTHS],
    nn.Conv2d: _squares,
    nn.Conv3d: lambda one, _: [(BATCH, one.in_channels, 16, side, side) for side in (32, 112)],
    nn.RNNBase: lambda one, _: [(BATCH, TOKENS, one.input_size)],
    nn.MultiheadAttention: lambda one, _: [(BATCH, TOKENS, one.embed_dim)],
    nn.Linear: lambda one, _: [(BATCH, one.in_features), (BATCH, TOKENS, one.in_features)],
    nn.LayerNorm: lambda one, _: [(BATCH, TOKENS, *one.normalized_shape)],
    nn.BatchNorm2d: lambda one, _: [(BATCH, one.num_features, 32, 32)],
    nn.BatchNorm1d: lambda one, _: [(BATCH, one.num_features)],
}
"""What a layer takes, by its kind; the shapes that are tried, the likeliest first."""

_TELLING: tuple[type[nn.Module], ...] = (nn.Embedding, *_SHAPES)


def _flat_images(name: str, features: int) -> Iterator[Input]:
    """Give the square images that, flattened, have so many numbers."""
    for channels in (1, 3):
        side = round((features / channels) ** 0.5)
        if channels * side * side == features and side > 1:
            yield _image(name, (BATCH, channels, side, side))


def _sizes(model: nn.Module) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for name in _SIZE_NAMES:
        value: Any = getattr(model, name, None)
        if isinstance(value, int):
            found.append((value, value))
        elif isinstance(value, tuple | list) and len(value) >= 2:  # noqa: PLR2004 - height, width
            found.append((int(value[-2]), int(value[-1])))
    return list(dict.fromkeys([*found, *((size, size) for size in SIZES)]))


def _rest(first: Input, names: list[str], model: nn.Module) -> Rows:
    """Describe the parameters after the first; nothing when one of them is not understood."""
    rows = [first]
    words = vocabulary(model)
    for name in names[1:]:
        if _MASK.search(name) and len(first.shape) >= 2:  # noqa: PLR2004 - batch and time
            rows.append(placed_row(name, first.shape[:2], "bool", InputKind.MASK))
        elif first.kind is InputKind.TOKENS and words and _IDS.search(name):
            rows.append(placed_row(name, first.shape, "int64", InputKind.TOKENS, 0, words - 1))
        elif name in ("tgt", "memory", "key", "value"):
            rows.append(_real(name, first.shape))
        else:
            return ()
    return tuple(rows)


def _like(name: str, example: Tensor) -> Input:
    dtype = str(example.dtype).removeprefix("torch.")
    if example.is_floating_point():
        kind = InputKind.IMAGE if example.dim() == 4 else InputKind.REAL  # noqa: PLR2004 - BCHW
        return placed_row(name, tuple(example.shape), dtype, kind)
    low, high = int(example.min()), int(example.max())
    return placed_row(name, tuple(example.shape), dtype, InputKind.TOKENS, low, high)


def _image(name: str, shape: tuple[int, ...]) -> Input:
    return placed_row(name, shape, "float32", InputKind.IMAGE)


def _real(name: str, shape: tuple[int, ...]) -> Input:
    return placed_row(name, shape, "float32", InputKind.REAL)
