"""Run models in the way that is the same everywhere: one thread, own generator, full precision."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

THREADS = 1
"""Sums do not depend on how work is shared out, and a twin is too small to gain from sharing."""


@contextmanager
def settled(seed: int = 0) -> Iterator[None]:
    """Fix the threads and the seed of torch while a block runs, and put both back."""
    threads = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        with torch.random.fork_rng(devices=[]), _without_autocast():
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)


@contextmanager
def _without_autocast() -> Iterator[None]:
    """Let `torch.autocast` change nothing where code of a model enters it by itself.

    Whether two models mean the same is asked in full precision: in bfloat16 a wrong eps drowns, and
    a part that is called alone would not find the precision that the model around it had set. What
    this project enters, to ask about a working precision, stays on, and so does all within.
    """
    enter: Callable[[torch.autocast], object] = torch.autocast.__enter__

    def switched_off(self: torch.autocast) -> object:
        entered_by = sys._getframe(1).f_globals.get("__name__", "")  # noqa: SLF001 - as warnings does
        if not entered_by.startswith("scaffold.") and not torch.is_autocast_enabled("cpu"):
            self._enabled = False
        return enter(self)

    torch.autocast.__enter__ = switched_off  # type: ignore[method-assign] # torch has no switch
    try:
        yield
    finally:
        torch.autocast.__enter__ = enter  # type: ignore[method-assign]
