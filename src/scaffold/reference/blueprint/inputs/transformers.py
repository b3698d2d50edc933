"""Guess the inputs of models of transformers: token ids, images, clips, sound, and several at once.

What a model may take stands in the signature of `forward`, how large it is in the configuration.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from torch import nn

from scaffold.core.blueprint import Input, InputKind
from scaffold.reference.blueprint.inputs import audio
from scaffold.reference.blueprint.inputs.rows import named_row
from scaffold.reference.blueprint.inputs.signature import parameters, required
from scaffold.reference.blueprint.inputs.vision import BATCH

if TYPE_CHECKING:
    from collections.abc import Iterable

Rows = tuple[Input, ...]

TOKENS = 16
"""Long enough for windows and masks, short enough for a quick run."""
DECODER_TOKENS = 8
_SIZE = 224
_PADDING = 2
"""Tables of positions may keep so many places for padding, as RoBERTa's do."""
_SPECIAL = ("pad", "bos", "eos", "sep", "cls", "mask", "unk", "decoder_start", "image", "video")
_MAIN = ("input_ids", "pixel_values", "pixel_values_videos", "inputs", *audio.NAMES)


def is_ours(model: nn.Module) -> bool:
    """Whether it is a model of transformers, or is built like one."""
    return hasattr(model, "config") and hasattr(model, "main_input_name")


def candidates(model: nn.Module) -> list[Rows]:
    """Give what a model of transformers may take: all that is known first, then the main input."""
    if not is_ours(model):
        return []
    names = list(parameters(model))
    main = str(getattr(model, "main_input_name", ""))
    known = [name for name in names if name in _MAIN]
    alone = [name for name in (main, *required(model), *known[:1]) if name in known]
    found: list[Rows] = []
    for wanted in (known, list(dict.fromkeys(alone[:1])), *([name] for name in known)):
        for rows in _ways(model, wanted, names):
            if rows not in found:
                found.append(rows)
    return (
        [*found[:_PLAIN], *_ended(model, found[0]), *_single(found[0]), *found[_PLAIN:]]
        if found
        else []
    )


_PLAIN = 8
"""So many guesses are tried before those that ask for something special."""


def _ended(model: nn.Module, rows: Rows) -> list[Rows]:
    """Let every row end with the token that ends a sequence, for a head that looks for it."""
    ends = getattr(text_config(model), "eos_token_id", None)
    end = ends[0] if isinstance(ends, list) and ends else ends
    if not isinstance(end, int):
        return []
    length = rows[0].shape[-1]

    def ended(row: Input) -> Input:
        """Padding would hide the end, and a decoder is asked at the places of the encoder."""
        if row.kind is InputKind.TOKENS:
            return replace(row, shape=(BATCH, length), last=end)
        return replace(row, kind=InputKind.CONSTANT, low=1) if row.kind is InputKind.MASK else row

    return [tuple(ended(row) for row in rows)] if rows[0].kind is InputKind.TOKENS else []


def _single(rows: Rows) -> list[Rows]:
    """Take one sample, for a model that cannot tell padding."""
    return [tuple(replace(row, shape=(1, *row.shape[1:])) for row in rows)]


def _ways(model: nn.Module, wanted: Iterable[str], names: list[str]) -> list[Rows]:
    """Give the batches of certain main inputs; images and sound may come in several forms."""
    ways: list[Rows] = [()]
    for name in wanted:
        if name == "input_ids":
            forms = [_text(model, names)]
        elif name in audio.NAMES:
            forms = [(row,) for row in audio.forms(model, name)]
        elif name == "inputs":
            forms = [(row,) for row in _features(model, name)]
        else:
            forms = [(row,) for row in _images(model, name)]
        ways = [(*rows, *form) for rows in ways for form in forms]
    config: Any = model.config
    if getattr(config, "is_encoder_decoder", False) and "decoder_input_ids" in names:
        decoder = tokens("decoder_input_ids", (BATCH, DECODER_TOKENS), model)
        ways = [(*rows, decoder) for rows in ways if rows]
    return [rows for rows in ways if rows]


def _text(model: nn.Module, names: list[str]) -> Rows:
    config: Any = text_config(model)
    limit = getattr(config, "max_position_embeddings", None)
    length = TOKENS
    if isinstance(limit, int) and limit > _PADDING:
        length = min(TOKENS, limit - _PADDING)
    shape = (BATCH, length)
    rows = [tokens("input_ids", shape, model)]
    if "bbox" in names:
        high = getattr(config, "max_2d_position_embeddings", 1024) - 1
        rows.append(named_row("bbox", (*shape, 4), "int64", InputKind.BOXES, 0, high))
    if "attention_mask" in names:
        rows.append(named_row("attention_mask", shape, "int64", InputKind.MASK))
    return tuple(rows)


def _features(model: nn.Module, name: str) -> list[Input]:
    """Give what a model takes that reads features of any kind, such as Perceiver."""
    width = getattr(model.config, "d_model", None)
    if not isinstance(width, int):
        return []
    return [named_row(name, (BATCH, TOKENS, width), "float32", InputKind.REAL)]


def text_config(model: nn.Module) -> Any:  # noqa: ANN401 - a configuration
    """Give the part of a configuration that speaks of text."""
    config: Any = model.config
    getter = getattr(config, "get_text_config", None)
    found = getter() if callable(getter) else config
    return getattr(config, "text_config", None) or found


def tokens(name: str, shape: tuple[int, ...], model: nn.Module) -> Input:
    """Describe token ids that are none of the special ones, as far as these lie together."""
    low, high = 0, vocabulary(model) - 1
    for special in _special(model):
        if special <= high // 2:
            low = max(low, special + 1)
        elif special <= high:
            high = min(high, special - 1)
    return named_row(name, shape, "int64", InputKind.TOKENS, min(low, high), high)


def vocabulary(model: nn.Module) -> int:
    """Give how many tokens there are: of the table of the input, else by the configuration."""
    try:
        table: Any = model.get_input_embeddings()  # type: ignore[operator] # of transformers
    except Exception:  # noqa: BLE001 - not every model has one
        table = None
    said = getattr(text_config(model), "vocab_size", None)
    rows = getattr(table, "num_embeddings", None) if isinstance(table, nn.Embedding) else None
    both = [int(one) for one in (said, rows) if isinstance(one, int) and one > 0]
    return min(both, default=100)


def _special(model: nn.Module) -> list[int]:
    found: list[int] = []
    for config in (model.config, text_config(model)):
        for name in _SPECIAL:
            value = getattr(config, f"{name}_token_id", None)
            values = value if isinstance(value, list) else [value]
            found += [one for one in values if isinstance(one, int) and one >= 0]
    return sorted(set(found))


def _images(model: nn.Module, name: str) -> list[Input]:
    config: Any = model.config
    vision = getattr(config, "vision_config", None) or config
    if isinstance(vision, dict):
        vision = config
    channels = _channels(vision)
    own = _pair(getattr(vision, "image_size", None) or getattr(vision, "crop_size", None))
    sizes = [own] if own else [(_SIZE, _SIZE), (64, 64), (512, 512)]
    frames = getattr(vision, "num_frames", None) or getattr(vision, "frames_per_clip", None)
    forms: list[Input] = []
    for height, width in sizes:
        picture = (BATCH, channels, height, width)
        clips = [(BATCH, frames, channels, height, width)] if isinstance(frames, int) else []
        shapes: list[tuple[int, ...]] = [*clips, picture]
        forms += [named_row(name, shape, "float32", InputKind.IMAGE) for shape in shapes]
    return forms


def _channels(config: Any) -> int:  # noqa: ANN401 - a configuration
    for name in ("num_channels", "in_channels", "in_chans"):
        value = getattr(config, name, None)
        if isinstance(value, int):
            return value
    return 3


def _pair(size: Any) -> tuple[int, int] | None:  # noqa: ANN401 - as configurations have it
    if isinstance(size, int):
        return size, size
    if isinstance(size, list | tuple) and len(size) == 2:  # noqa: PLR2004 - height and width
        return int(size[0]), int(size[1])
    if isinstance(size, dict) and {"height", "width"} <= size.keys():
        return int(size["height"]), int(size["width"])
    return None
