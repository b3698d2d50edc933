"""Give every wide tolerance its reason."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.check.source import keywords
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_WIDE = 1e-3
_COMPARES = (
    "allclose",
    "isclose",
    "assert_close",
    "assert_allclose",
    "assert_almost_equal",
    "approx",
)


@rule("TST004", "tolerance-without-reason", "P32", level=Level.WARNING)
def tolerance_without_reason(repository: Repository) -> Iterator[Found]:
    """A parity test accepts differences of 1e-3 or more, and no comment says why.

    Why: a wrong epsilon, a shifted crop and an exchanged GELU all pass at 1e-3.

    Do: derive it from measured rounding (`scaffold compare` does), or write the reason beside it.
    """
    for source in repository.tests:
        if "parity" not in source.path.parts and "parity" not in source.path.name:
            continue
        for _, call in source.calls:
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name not in _COMPARES:
                continue
            for key in ("atol", "rtol", "abs", "rel"):
                value = keywords(call).get(key)
                wide = isinstance(value, ast.Constant) and isinstance(value.value, float)
                if wide and value.value >= _WIDE and "#" not in source.lines_of(call):  # type: ignore[union-attr]
                    yield Found(
                        where=source.path,
                        line=call.lineno,
                        because=f"{key} is {value.value}, without a reason",  # type: ignore[union-attr]
                    )


tolerance_without_reason.__test__ = False  # type: ignore[attr-defined]
