"""Hold the name of a reference: where it comes from, what it is called, what it is built with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Plain: TypeAlias = "bool | int | float | str | Items | None"
"""What can be written after `key=`."""

Items: TypeAlias = "tuple[Plain, ...] | list[Plain] | dict[str, Plain]"


class SpecSource(StrEnum):
    """Where a reference comes from."""

    TIMM = "timm"
    TORCHVISION = "torchvision"
    TRANSFORMERS = "transformers"
    PYTHON = "python"
    """A factory in a module that can be imported."""
    FILE = "file"
    """A factory in a file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spec:
    """The name of one reference, and the arguments that it is built with."""

    source: SpecSource
    name: str
    arguments: tuple[tuple[str, Plain], ...] = ()
    words: tuple[str, ...] = ()
    """The arguments as they were written."""

    @property
    def text(self) -> str:
        """The spec without its arguments, as it was written."""
        return f"{self.source}:{self.name}"

    @property
    def module(self) -> str:
        """The module or the file of a factory."""
        return self.name.rpartition(":")[0]

    @property
    def factory(self) -> str:
        """The factory within its module or file."""
        return self.name.rpartition(":")[2]
