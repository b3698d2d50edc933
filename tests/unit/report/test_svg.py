import re
from xml.etree import ElementTree as ET

import pytest

from scaffold.core.comparison import Comparison, Judgement, PartRow, Verdict
from scaffold.report import palette, svg

NAMESPACE = "{http://www.w3.org/2000/svg}"


def parsed(picture):
    return ET.fromstring(picture)  # noqa: S314 - it was drawn by this project


def words_of(picture):
    """What is written in the picture, without the tooltips."""
    nodes = parsed(picture).iter(f"{NAMESPACE}text")
    return [(node.text or "") + "".join(child.tail or "" for child in node) for node in nodes]


def many(count, wrong=()):
    def row(index):
        verdict = Verdict.DIFFERENT if index in wrong else Verdict.EQUAL
        same = Judgement(verdict=verdict)
        return PartRow(
            part=f"p{index}",
            ours=f"o{index}",
            kind="K",
            local=same,
            interface=same,
            end_to_end=same,
        )

    return Comparison(
        reference="r", bundle="b", parts=tuple(row(index) for index in range(count)), rungs=()
    )


def test_the_picture_is_well_formed_and_its_words_are_text(agreeing):
    shown = words_of(svg.render(agreeing))

    assert shown[:9] == [
        "Parity with reference/adapter.py",
        "agrees: all 9 items of 4 rungs",
        "6 of 6 parts of the reference are compared; bundle goldens/twin",
        "part",
        "ours",
        "class",
        "local",
        "interface",
        "end to end",
    ]
    assert "6 of 6 agree" in shown


def test_the_picture_tells_the_first_divergence_and_what_is_not_matched(diverging):
    shown = words_of(svg.render(diverging))

    assert "first divergence: blocks.0.norm1" in shown
    assert "not matched: encoder.norm: nothing is mapped to it" in shown
    assert "compare eps, affine and the variance of LayerNorm with the reference" in shown


def test_the_picture_asks_nothing_of_the_network_and_runs_nothing(diverging):
    picture = svg.render(diverging)

    addresses = re.findall(r"https?://[^\"' ]+", picture)
    assert addresses == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|@import|url\(|href|<image|<foreignObject| on\w+=", picture)


def test_the_picture_has_colours_for_dark_screens(agreeing):
    picture = svg.render(agreeing)

    assert "@media (prefers-color-scheme: dark)" in picture
    assert ".page { fill: #ffffff; }" in picture
    assert ".page { fill: #0d1117; }" in picture


def luminance(colour):
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colours", [palette._LIGHT, palette._DARK])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (".ink", ".page"),
        (".soft", ".page"),
        (".bad", ".page"),
        (".good", ".card"),
        (".good", ".chip-good"),
        (".doubt", ".chip-doubt"),
        (".bad", ".chip-bad"),
    ],
)
def test_words_stand_out_from_their_ground(colours, ink, ground):
    """4.5 to 1 is what the web's accessibility guidelines ask of small text."""
    dark, light = sorted(luminance(colours[name]) for name in (ink, ground))

    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_every_verdict_has_a_tone():
    assert set(palette.TONES) == set(Verdict)


def test_the_same_comparison_gives_the_same_bytes(diverging):
    assert svg.render(diverging) == svg.render(diverging)


def test_a_large_model_keeps_every_part_that_diverges():
    shown = words_of(svg.render(many(200, wrong={150, 199})))

    assert {"p150", "p199"} < set(shown)
    assert f"and {200 - svg.ROWS} more parts, see scaffold compare" in shown


def test_a_long_name_is_shortened_and_kept_as_a_tooltip():
    name = "encoder.layers.0." * 5 + "self_attn"
    same = Judgement(verdict=Verdict.EQUAL)
    row = PartRow(part=name, ours="a", kind="K", local=same, interface=same, end_to_end=same)

    picture = svg.render(Comparison(reference="r", bundle="b", parts=(row,), rungs=()))

    assert f"<title>{name}</title>encoder.layers.0…" in picture


def test_markup_and_control_characters_in_names_do_not_break_the_picture():
    comparison = Comparison(
        reference='<b>&"\x00\ud800', bundle="b", parts=(), rungs=(), unmatched=("<x>: & why",)
    )

    shown = words_of(svg.render(comparison))

    assert shown[0] == 'Parity with <b>&"��'
    assert "not matched: <x>: & why" in shown


def test_nothing_is_drawn_outside_the_picture(diverging):
    root = parsed(svg.render(diverging))

    width, height = int(root.get("width")), int(root.get("height"))
    for node in root.iter(f"{NAMESPACE}text"):
        assert 0 <= float(node.get("x")) <= width
        assert 0 <= float(node.get("y")) <= height - 8
    for box in root.iter(f"{NAMESPACE}rect"):
        assert float(box.get("x", 0)) + float(box.get("width")) <= width
        assert float(box.get("y", 0)) + float(box.get("height")) <= height
