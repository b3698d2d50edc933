"""Hold the name of a reference: where it comes from, what it is called, what it is built with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

Plain: TypeAlias = "bool | int | float | str | Items | None"
"""What can be written after `key=`."""

Items: TypeAlias = "tuple[Plain, ...] | list[Plain] | dict[str, Plain]"

ROOT = "root."
"""What the name of an argument begins with that is for the model's own class (`spec.root`)."""


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
    def of_root(self) -> dict[str, Plain]:
        """The arguments for the model's own class, without their `root.`."""
        named = [(name, value) for name, value in self.arguments if name.startswith(ROOT)]
        return {name.removeprefix(ROOT): value for name, value in named}

    @property
    def without_root(self) -> Spec:
        """The same without those: what the factory is given."""
        kept = [one for one in self.arguments if not one[0].startswith(ROOT)]
        words = [word for word in self.words if not word.startswith(ROOT)]
        return replace(self, arguments=tuple(kept), words=tuple(words))

    @property
    def module(self) -> str:
        """The module or the file of a factory."""
        return self.name.rpartition(":")[0]

    @property
    def factory(self) -> str:
        """The factory within its module or file."""
        return self.name.rpartition(":")[2]
