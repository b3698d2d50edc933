from dataclasses import replace

import pytest

from scaffold.core.comparison import Rung
from scaffold.core.errors import ScaffoldError
from scaffold.testing import ParityDivergence
from scaffold.testing.item import REST, ParityItem


@pytest.fixture
def make(drawn):
    def made(name, found, *, rung=Rung.FORWARD, others=(), trouble=""):
        return ParityItem(
            rung=rung,
            name=name,
            order=0,
            ladder=drawn.DrawnLadder(found),
            others=frozenset(others),
            trouble=trouble,
        )

    return made


def failure_of(item):
    with pytest.raises(ParityDivergence) as failure:
        item.check()
    return str(failure.value)


def test_a_part_that_agrees_passes_and_shows_its_row(make, drawn):
    item = make("blocks.0.norm", drawn.comparison([drawn.part("blocks.0.norm")]))

    item.check()

    assert item.row.local.ratio == 1.0
    assert item.first() == ""


def test_a_part_that_differs_fails_with_everything_that_is_known(make, drawn):
    rows = [drawn.part("blocks.0.norm", drawn.BAD)]
    item = make("blocks.0.norm", drawn.comparison(rows, first=drawn.FIRST))

    assert failure_of(item) == (
        "blocks.0.norm differs from the reference (q 10.2)\n"
        "  where    rung forward; LayerNorm layers.0.norm1 of the reference,"
        " blocks.0.norm of ours\n"
        "  how far  q 10.2, where 1 is one rounding of ours;"
        " worst at (0, 1): theirs 1, ours 2\n"
        "  since    seen on probe constant; everything before it in dataflow order agrees\n"
        "  cause    eps is 1e-5\n"
        "  do       set eps to 1e-6"
    )
    assert item.first().startswith("first divergence: blocks.0.norm\n")


def test_an_unmapped_part_fails_under_their_name(make, drawn):
    missing = drawn.Judgement(verdict=drawn.Verdict.MISSING)
    rows = [drawn.part("", missing, theirs="encoder.norm")]

    text = failure_of(make("encoder.norm", drawn.comparison(rows)))

    assert text.startswith("encoder.norm is missing: the reference has it, ours has nothing mapped")
    assert "(not mapped) of ours" in text


def test_a_part_that_the_map_does_not_name_fails_with_what_to_write(make, drawn):
    found = drawn.comparison(unmatched=["norm (LayerNorm): no [[part]] row of the map names it"])

    assert failure_of(make("norm", found)) == (
        "norm (LayerNorm) of the reference is not matched\n"
        "  where    rung forward\n"
        "  how far  not measured\n"
        "  cause    no [[part]] row of the map names it\n"
        "  do       write the part and add a [[part]] row to the map, or an [[excused]] row that "
        "says why it has no counterpart"
    )


def test_a_part_that_is_never_called_is_judged_by_the_one_around_it(make, drawn):
    good = drawn.comparison(
        [drawn.part("blocks.0.attn")], within=(("blocks.0.attn.qkv", "blocks.0.attn"),)
    )
    bad = replace(good, parts=(drawn.part("blocks.0.attn", drawn.BAD),))

    make("blocks.0.attn.qkv", good).check()

    assert failure_of(make("blocks.0.attn.qkv", bad)).startswith("blocks.0.attn differs")


def test_a_golden_without_a_row_fails(make, drawn):
    item = make("total value", drawn.comparison(), rung=Rung.LOSS)

    assert failure_of(item) == (
        "total value was not compared\n"
        "  where    rung loss; goldens/twin\n"
        "  how far  not measured\n"
        "  cause    the bundle holds goldens for it, and the comparison gave no row\n"
        "  do       see what was compared instead: scaffold compare --rung loss"
    )


def test_rows_of_another_rung_are_not_taken_for_ours(make, drawn):
    rows = [drawn.item("total value", rung=Rung.GRADIENT)]

    text = failure_of(make("total value", drawn.comparison(rungs=rows), rung=Rung.LOSS))

    assert text.startswith("total value was not compared")


def test_a_candidate_that_cannot_run_fails_with_place_and_remedy(make):
    error = ScaffoldError("`build` fails (TypeError: x)", where="candidate.py", remedy="mend it")

    assert failure_of(make("blocks.0.norm", error)) == (
        "rung forward could not be compared: `build` fails (TypeError: x)\n"
        "  where    candidate.py\n"
        "  do       mend it"
    )


def test_everything_else_passes_when_each_wrong_row_has_a_test_of_its_own(make, drawn):
    rows = [drawn.part("blocks.0.norm", drawn.BAD)]

    make(REST, drawn.comparison(rows), others=["blocks.0.norm"]).check()


def test_everything_else_fails_on_rows_that_no_test_stands_for(make, drawn):
    rows = [drawn.item(f"extra {i}", drawn.BAD) for i in range(13)]

    text = failure_of(make(REST, drawn.comparison(rungs=rows), rung=Rung.LOSS))

    assert text.startswith("extra 0 differs from the reference (q 10.2)\n  where    rung loss\n")
    assert text.endswith(
        "\n  also     extra 1, extra 2, extra 3, extra 4, extra 5, extra 6, extra 7, extra 8,"
        " extra 9, extra 10, 2 more"
    )


def test_everything_else_fails_on_glue_that_no_part_shows(make, drawn):
    glue = drawn.Divergence(
        rung=Rung.FORWARD,
        place="glue before blocks.0.norm",
        because="the residual is missing",
        remedy="add it",
    )
    found = drawn.comparison([drawn.part("blocks.0.norm")], first=glue)

    text = failure_of(make(REST, found, others=["blocks.0.norm"]))

    assert text.startswith("first divergence: glue before blocks.0.norm\n")
    assert "cause    the residual is missing" in text


def test_an_item_shows_itself_briefly(make, drawn):
    assert repr(make("blocks.0.norm", drawn.comparison())) == "<forward blocks.0.norm>"
