"""A progress bar on a terminal, silence in a pipe."""

from __future__ import annotations

import sys

from lightning.pytorch.callbacks import TQDMProgressBar


class Progress(TQDMProgressBar):
    """The trainer's own bar, shown only where somebody looks."""

    def __init__(self) -> None:
        super().__init__(refresh_rate=1 if sys.stderr.isatty() else 0)
