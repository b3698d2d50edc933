"""Ask the allocator to give memory back as soon as it is free."""

from __future__ import annotations

import ctypes

_MMAP_THRESHOLD = -3
"""The name of the setting in glibc's `malloc.h`."""
_BYTES = 128 * 1024
"""What glibc starts with, before it raises the limit to the size of what a program frees."""


def give_back_at_once() -> bool:
    """Let every freed block of more than 128 KB go back to the system, and say whether it will.

    glibc keeps freed blocks for later, and small objects between them keep the pages from going
    back: judging a model of 600 small parts held 500 MB that nobody used. The price is that large
    blocks are filled with new pages each time, so this is for models whose memory matters. It holds
    for the rest of the process. Other C libraries have no such setting.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return bool(mallopt(_MMAP_THRESHOLD, _BYTES)) if mallopt is not None else False
