"""One parity test: an item of a rung, compared when the test asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.core.comparison import PartRow, Rung, RungRow
from scaffold.core.errors import ScaffoldError
from scaffold.report.anatomy import of_first
from scaffold.report.words import named_in, part_name
from scaffold.testing import divergence
from scaffold.testing.divergence import ParityDivergence, row_name

if TYPE_CHECKING:
    from scaffold.core.comparison import Comparison
    from scaffold.testing.ladder import Ladder

BY_PART = (Rung.FORWARD, Rung.BACKWARD, Rung.TRAIN)
REST = "everything-else"
"""The last item of every rung: what the comparison found and no other item stands for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParityItem:
    """What a parity test receives; `check` fails with a message that stands alone."""

    rung: Rung
    name: str
    order: int
    """Place in dataflow order within the rung."""
    ladder: Ladder | None
    others: frozenset[str] = frozenset()
    """For `everything-else`: the items that have a test of their own."""
    agreed: str = ""
    """The commit on which it agreed last; empty when that is not known."""
    trouble: str = ""
    """Why there is nothing to compare; empty when there is."""
    silence: str = ""
    """Why nothing was recorded, where that is no finding; the summary says it."""

    @property
    def row(self) -> PartRow | RungRow:
        """What was found on this item, or on the part around one that has none itself.

        Raises:
            ParityDivergence: There is nothing to compare, or the comparison cannot be run.
        """
        comparison = self._comparison()
        __tracebackhide__ = True
        wanted = {self.name, *_around(comparison, self)}
        for row in _rows(comparison, self.rung):
            if row_name(row) in wanted:
                return row
        for text in comparison.unmatched if self.rung is Rung.FORWARD else ():
            if named_in(text) == self.name:
                raise ParityDivergence(divergence.of_unmatched(text))
        raise ParityDivergence(divergence.of_no_row(self.rung, self.name, comparison.bundle))

    def check(self) -> None:
        """Fail unless ours agrees with theirs here.

        Raises:
            ParityDivergence: It does not, or it could not be compared.
        """
        __tracebackhide__ = True
        if self.silence:
            return
        if self.name == REST and not self.trouble:
            self._check_the_rest()
            return
        row = self.row
        if not _agrees(row):
            since = f"agreed last on commit {self.agreed}" if self.agreed else ""
            raise ParityDivergence(divergence.of_row(row, self._told(), since))

    def first(self) -> str:
        """Say where the rung went wrong first; empty when that is not known."""
        try:
            return str(of_first(self._told()) or "")
        except ParityDivergence:
            return ""

    def _check_the_rest(self) -> None:
        __tracebackhide__ = True
        comparison = self._comparison()
        rows = _rows(comparison, self.rung)
        wrong = [row for row in rows if not _agrees(row)]
        rest = [row for row in wrong if row_name(row) not in self.others]
        if rest:
            raise ParityDivergence(divergence.of_rows(rest, comparison))
        if comparison.first and not wrong:
            raise ParityDivergence(divergence.of_first_alone(comparison))

    def _told(self) -> Comparison:
        """Give the comparison with the evidence for its first divergence."""
        __tracebackhide__ = True
        comparison = self._comparison()
        return comparison if self.ladder is None else self.ladder.told(self.rung)

    def _comparison(self) -> Comparison:
        __tracebackhide__ = True
        if self.trouble or self.ladder is None:
            raise ParityDivergence(self.trouble)
        try:
            return self.ladder.rung(self.rung)
        except ScaffoldError as error:
            raise ParityDivergence(divergence.of_error(error, self.rung)) from None

    def __repr__(self) -> str:
        return f"<{self.rung} {self.name}>"


def _around(comparison: Comparison, item: ParityItem) -> tuple[str, ...]:
    """Name the part in which one is compared that is never called, or that ours does without."""
    pairs = comparison.within if item.rung in BY_PART else ()
    return tuple(part_name(outer) for inner, outer in pairs if part_name(inner) == item.name)


def _rows(comparison: Comparison, rung: Rung) -> tuple[PartRow | RungRow, ...]:
    parts = comparison.parts if rung is Rung.FORWARD else ()
    return (*parts, *(row for row in comparison.rungs if row.rung is rung))


def _agrees(row: PartRow | RungRow) -> bool:
    return row.agrees if isinstance(row, PartRow) else row.judgement.verdict.agrees
