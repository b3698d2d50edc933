"""English text that Python itself carries (the help of its topics), as bytes."""

from __future__ import annotations

from pydoc_data.topics import topics
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .source import Sample


class Texts:
    """Pieces of a text, each as long as a sample; what is to be said is the piece itself."""

    def __init__(self, length: int, *, words: int, beside: Sequence[tuple[float, str]]) -> None:
        raw = "\n".join(topics[name] for name in sorted(topics)).encode("ascii", "replace")
        self.bytes = torch.frombuffer(bytearray(raw), dtype=torch.uint8).long() % words
        self.length = length
        self.beside = tuple(
            torch.full((length,), filling).to(getattr(torch, dtype)) for filling, dtype in beside
        )

    def __len__(self) -> int:
        return len(self.bytes) // self.length

    def __getitem__(self, index: int) -> Sample:
        if not 0 <= index < len(self):
            raise IndexError(index)
        piece = self.bytes[index * self.length : (index + 1) * self.length]
        return (piece, *self.beside), piece


def text(
    *,
    size: str,
    length: Mapping[str, int],
    words: Mapping[str, int],
    beside: Sequence[tuple[float, str]],
) -> Texts:
    """Give the text in pieces for a model of a size, with what it takes beside the tokens."""
    return Texts(length[size], words=words[size], beside=beside)
