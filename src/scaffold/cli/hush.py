"""Keep the chatter of other people's libraries out of what a verb says."""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def quiet() -> Iterator[None]:
    """Run a block without warnings and without log lines below an error.

    A trainer tells of its devices, its tips and its deprecations each time it is built; none of it
    is about parity. The parity suite shows the warnings.
    """
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
