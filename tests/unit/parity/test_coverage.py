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


def test_another_way_inside_a_part_that_is_right_is_a_note(sides):
    found = compare(
        *sides(("self.last(self.act(self.first(x)))",
                "self.last(self.act(self.first(x)[None])[0])")),
        rungs=[Rung.FORWARD],
    )  # fmt: skip

    assert found.agrees
    assert (
        "what reaches act is not what reached theirs (on probe normal, theirs is "
        "float32[2, 4], ours is float32[1, 2, 4]), and what comes out of the model agrees "
        "all the same"
    ) in found.notes
