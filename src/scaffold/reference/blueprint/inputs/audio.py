"""Guess the sound that a model of transformers takes: a waveform, or features over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.core.blueprint import Input, InputKind
from scaffold.reference.blueprint.inputs.vision import BATCH

if TYPE_CHECKING:
    from torch import nn

NAMES = ("input_values", "input_features")

SAMPLES = 8000
"""Half a second at 16 kHz: two dozen frames, more than a masked span in training is long."""
FRAMES = 64


def forms(model: nn.Module, name: str) -> list[Input]:
    """Give the forms that a sound input of a model may have, the likeliest first."""
    config: Any = model.config
    audio = getattr(config, "audio_config", None) or config
    shapes = _values(audio) if name == "input_values" else _features(audio)
    return [
        Input(name=name, shape=shape, dtype="float32", kind=InputKind.REAL, positional=False)
        for shape in shapes
    ]


def _values(config: Any) -> list[tuple[int, ...]]:  # noqa: ANN401 - a configuration
    found: list[tuple[int, ...]] = []
    bins = getattr(config, "num_mel_bins", None)
    length = getattr(config, "max_length", None)
    if isinstance(bins, int) and isinstance(length, int):
        found.append((BATCH, length, bins))
    channels = getattr(config, "audio_channels", None)
    if isinstance(channels, int):
        found.append((BATCH, channels, SAMPLES))
    return [*found, (BATCH, SAMPLES), (BATCH, 1, SAMPLES)]


def _features(config: Any) -> list[tuple[int, ...]]:  # noqa: ANN401 - a configuration
    found: list[tuple[int, ...]] = []
    bins = getattr(config, "num_mel_bins", None)
    frames = getattr(config, "max_source_positions", None)
    if isinstance(bins, int) and isinstance(frames, int):
        found.append((BATCH, bins, 2 * frames))
    for name in ("input_feat_per_channel", "feature_projection_input_dim", "num_mel_bins"):
        width = getattr(config, name, None)
        if isinstance(width, int):
            wide = width * getattr(config, "input_channels", 1)
            found += [(BATCH, FRAMES, width), (BATCH, FRAMES, wide)]
    side = getattr(config, "spec_size", None)
    if isinstance(side, int) and isinstance(bins, int):
        found.append((BATCH, 1, side * side // bins, bins))
    return list(dict.fromkeys([*found, (BATCH, FRAMES, 80), (BATCH, 80, FRAMES)]))
