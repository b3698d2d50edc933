"""Architectures as pairs: theirs, and ours written by other hands or copied from a library."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from benchmarks.defects.architectures.autoencoder import AUTOENCODER
from benchmarks.defects.architectures.convnet import CONVNET
from benchmarks.defects.architectures.convnext import CONVNEXT
from benchmarks.defects.architectures.detector import DETECTOR
from benchmarks.defects.architectures.dilated import DILATED
from benchmarks.defects.architectures.encoder import ENCODER
from benchmarks.defects.architectures.gpt import GPT
from benchmarks.defects.architectures.gru import GRU
from benchmarks.defects.architectures.held_out import SECOND_OWN
from benchmarks.defects.architectures.held_out3 import HELD_OUT_OWN
from benchmarks.defects.architectures.lstm import LSTM
from benchmarks.defects.architectures.swin import SWIN
from benchmarks.defects.architectures.unet import UNET
from benchmarks.defects.architectures.vit import VIT

if TYPE_CHECKING:
    from benchmarks.defects.pair import Pair

OWN: tuple[Pair, ...] = (
    CONVNET,
    VIT,
    CONVNEXT,
    SWIN,
    UNET,
    DILATED,
    LSTM,
    GRU,
    GPT,
    DETECTOR,
    AUTOENCODER,
    ENCODER,
    *SECOND_OWN,
)
"""Small pairs that need nothing but torch, and that somebody may calibrate on: two sets."""


def library_pairs() -> tuple[Pair, ...]:
    """Give the pairs of those libraries that are installed, for calibration."""
    try:
        from benchmarks.defects.architectures import library
        from benchmarks.defects.architectures.held_out import library as second
    except ImportError:
        return ()
    return library.PAIRS + second.PAIRS


def held_out_pairs() -> tuple[Pair, ...]:
    """Give the pairs of the third set that can be built here; nothing was calibrated on them."""
    try:
        from benchmarks.defects.architectures.held_out3 import library
    except ImportError:
        return HELD_OUT_OWN
    return HELD_OUT_OWN + library.PAIRS


@cache
def every_pair() -> tuple[Pair, ...]:
    """Give every pair that can be built here."""
    return OWN + library_pairs() + held_out_pairs()
