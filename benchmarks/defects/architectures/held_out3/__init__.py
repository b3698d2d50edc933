"""The third set of architectures, blind; those of this folder need nothing but torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.defects.architectures.held_out3.anchored import ANCHORED
from benchmarks.defects.architectures.held_out3.conformer import CONFORMER
from benchmarks.defects.architectures.held_out3.denoiser import DENOISER
from benchmarks.defects.architectures.held_out3.latents import LATENTS_PAIR
from benchmarks.defects.architectures.held_out3.nowcast import NOWCAST
from benchmarks.defects.architectures.held_out3.recommender import RECOMMENDER
from benchmarks.defects.architectures.held_out3.tagger import TAGGER

if TYPE_CHECKING:
    from benchmarks.defects.pair import Pair

HELD_OUT_OWN: tuple[Pair, ...] = (
    DENOISER,
    CONFORMER,
    NOWCAST,
    ANCHORED,
    RECOMMENDER,
    LATENTS_PAIR,
    TAGGER,
)
