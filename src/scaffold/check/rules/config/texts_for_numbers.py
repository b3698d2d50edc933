"""Write numbers so that every reader of YAML takes them for numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.facts.yamls import on_line
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_TEXT = re.compile(r"^[^#\"']*?[:\[,]\s*([-+]?\d+(?:e[-+]?\d+))\s*(?:$|[,\]#])", re.IGNORECASE)


@rule("CFG008", "number-reads-as-text", "P14", level=Level.WARNING, fixable=Fixable.SAFE)
def number_reads_as_text(repository: Repository) -> Iterator[Found]:
    """A number is written as `1e-3`, which YAML 1.1 reads as a text.

    Why: Hydra reads a number and PyYAML the text "1e-3"; a comparison of the two is false, and a
    product is an error at the last line of a training.

    Do: write `1.0e-3`.
    """
    for folder in ("configs", "results"):
        for path in repository.under(folder, ".yaml", ".yml"):
            for number, line in enumerate(repository.lines(path), start=1):
                if found := _TEXT.match(line):
                    mantissa, exponent = re.split("e", found[1], maxsplit=1, flags=re.IGNORECASE)
                    sign = "" if exponent[0] in "+-" else "+"
                    new = f"{mantissa}.0e{sign}{exponent}"
                    fix = on_line(repository, path, number, found[1], new, f"write {new}")
                    yield Found(where=path, line=number, because=f"{found[1]} is a text", fix=fix)
