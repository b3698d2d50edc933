"""Run small models in the way that is the same everywhere: one thread, a generator of their own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator

THREADS = 1
"""Sums do not depend on how work is shared out, and a twin is too small to gain from sharing."""


@contextmanager
def settled(seed: int = 0) -> Iterator[None]:
    """Fix the threads and the seed of torch while a block runs, and put both back."""
    threads = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)
