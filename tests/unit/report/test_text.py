import io
from dataclasses import replace

import pytest
from rich.console import Console

from scaffold.core.comparison import Comparison, Judgement, Verdict
from scaffold.report import text, words

AGREEMENT = """\
parity with reference/adapter.py, bundle goldens/twin

part                        ours                local            interface  end to end
patch                       embedding.patch     equal            equal      rounding q 1.02
encoder.layers.0.norm1      blocks.0.norm1      rounding q 1.02  equal      rounding q 1.02
encoder.layers.0.self_attn  blocks.0.attention  rounding q 1.02  equal      rounding q 1.02
encoder.layers.0            blocks.0            rounding q 1.02  equal      rounding q 1.02
head                        head                equal            equal      rounding q 1.02
the model                   the model           rounding q 1.02  equal      rounding q 1.02

rung        agree  worst item
structure  1 of 1  equal
forward    6 of 6  rounding q 1.02  blocks.0.norm1
loss       1 of 1  rounding q 1.02  z_loss/times-20
gradient   1 of 1  equal

coverage: 6 of 6 parts of the reference are compared
not compared: {silent}

agrees: all 9 items of 4 rungs
"""


def test_agreement_reads_without_colour(agreeing):
    silent = ", ".join(rung.value for rung in words.not_compared(agreeing))

    plain = text.plain(agreeing, width=100)

    assert plain.replace(",\n", ", ") == AGREEMENT.format(silent=silent)


def test_a_wide_screen_shows_the_class(agreeing):
    heads = text.plain(agreeing, width=120).splitlines()[2].split()

    assert heads[:4] == ["part", "ours", "class", "local"]


def test_divergence_names_the_place_the_gaps_and_the_notes(diverging):
    lines = text.plain(diverging).splitlines()

    assert "first divergence: blocks.0.norm1" in lines
    assert "  not matched  encoder.norm: nothing is mapped to it" in lines
    assert "note: probe odd-size was not recorded: the reference refuses it" in lines
    assert lines[-1] == "diverges: 2 of 9 items, in forward and gradient"


@pytest.mark.parametrize("width", [40, 50, 70, 80, 100, 132])
def test_no_line_is_wider_than_the_screen_and_no_verdict_is_lost(diverging, width):
    shown = text.plain(diverging, width=width)

    assert max(map(len, shown.splitlines())) <= width
    assert shown.count("different") >= 4


def test_a_narrow_screen_drops_class_then_our_name(agreeing):
    heads = [text.plain(agreeing, width=width).splitlines()[2].split() for width in (100, 80)]

    assert heads[0][:3] == ["part", "ours", "local"]
    assert heads[1][:3] == ["part", "local", "interface"]


def test_the_narrowest_screen_stacks_the_verdicts(agreeing):
    lines = text.plain(agreeing, width=40).splitlines()

    start = lines.index("patch")
    assert lines[start + 1 : start + 4] == [
        "  local       equal",
        "  interface   equal",
        "  end to end  rounding q 1.02",
    ]


def test_brackets_in_a_name_are_no_markup(agreeing):
    comparison = Comparison(reference="[red]r[/red]", bundle="b", parts=agreeing.parts, rungs=())

    assert text.plain(comparison).startswith("parity with [red]r[/red], bundle b\n")


def test_every_verdict_has_a_colour_on_a_terminal():
    assert set(text.STYLES) == set(Verdict)


def test_a_terminal_sees_the_words_in_colour(diverging):
    screen = io.StringIO()

    console = Console(file=screen, width=100, force_terminal=True, color_system="standard")
    console.print(text.renderable(diverging, width=100))

    assert "\x1b[1;31mdifferent q 10.2\x1b[0m" in screen.getvalue()
    assert "\x1b[32mequal" in screen.getvalue()


def test_drift_is_told_in_one_line(agreeing):
    far = Judgement(verdict=Verdict.DIFFERENT, ratio=12.0)
    parts = (*agreeing.parts[:4], replace(agreeing.parts[4], end_to_end=far), agreeing.parts[5])

    lines = text.plain(replace(agreeing, parts=parts), width=160).splitlines()

    [line] = [line for line in lines if line.startswith("drift: ")]
    assert line.endswith("amplified x 12 by head (q 0.00 in, q 12.0 out)")
