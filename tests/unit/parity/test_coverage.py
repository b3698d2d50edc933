"""Nothing is skipped in silence; the rest of this is held in `test_compare`."""

from __future__ import annotations

from scaffold.core.comparison import Rung
from scaffold.parity import compare


def test_a_part_of_ours_with_an_excuse_says_it(sides):
    found = compare(
        *sides(
            ("self.act = nn.GELU()", "self.act = nn.GELU(); self.none = nn.Identity()"),
            map_changes=[("schema = 1", ('schema = 1\n    [[excused]]\n    ours = "none"\n'
                          '    reason = "for later"'))],
        ),
        rungs=[Rung.FORWARD],
    )  # fmt: skip

    assert "without a counterpart in the reference: none (Identity): for later" in found.notes
