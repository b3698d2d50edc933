import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from scaffold.core.comparison import Judgement, Rung, RungRow, Verdict
from scaffold.report import jsonform, page
from scaffold.report.page import story

PLANTED = Path(__file__).parents[3] / "browser" / "planted.json"
RENDER = """
import hashlib, pathlib, sys
from scaffold.report import jsonform, page
text = page.render(jsonform.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")))
print(hashlib.sha256(text.encode()).hexdigest(), "torch" in sys.modules)
"""


def planted():
    return jsonform.loads(PLANTED.read_text(encoding="utf-8"))


def rendered_with(seed):
    done = subprocess.run(
        [sys.executable, "-c", RENDER, PLANTED],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_the_same_comparison_gives_the_same_bytes_and_needs_no_torch():
    one, other = rendered_with("1"), rendered_with("2")

    assert one == other
    assert one[1] == "False"


def test_every_tag_is_closed_where_it_was_opened(outline):
    assert (
        "First divergence: encoder.blocks.0.attention_norm" in outline(page.render(planted())).texts
    )


def test_the_page_names_no_address():
    text = page.render(planted())

    assert not re.findall(r"(?:src|href)=\"(?!#|data:,)[^\"]*", text)
    assert "url(" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert "default-src &#39;none&#39;" in text


def test_agreement_has_no_divergence_and_says_so(draw, outline):
    texts = outline(page.render(draw({"a": (0, 0, 0), "model": (0, 1, 1)}))).texts

    assert "agrees: all 2 items of 1 rung" in texts
    assert not any(text.startswith("First divergence") for text in texts)


def test_a_comparison_of_one_rung_has_no_parts(outline):
    loss = replace(planted(), parts=(), differences=(), first=None)

    texts = outline(page.render(loss)).texts

    assert "Rungs" in texts
    assert "Along the dataflow" not in texts


def test_the_first_divergence_brings_its_evidence_and_the_runner_up(outline):
    comparison = planted()

    texts = " ".join(outline(page.render(comparison)).texts)

    assert comparison.first.because in texts
    assert comparison.first.remedy in texts
    assert "the runner-up is the output times 1.00001" in texts


def test_worst_elements_stand_with_their_places_and_both_values(outline):
    texts = outline(page.render(planted())).texts

    place = texts.index("(0, 15, 9)")
    numbers = [text for text in texts[place:] if text.strip()]
    assert numbers[:5] == ["(0, 15, 9)", "2.02173114", "2.02059007", "-0.00114", "1814"]


def test_what_a_rung_leaves_out_is_said_and_agrees(draw, outline):
    right = Judgement(verdict=Verdict.EQUAL)
    wrong = Judgement(verdict=Verdict.DIFFERENT, ratio=9.0)
    rows = tuple(
        RungRow(rung=Rung.GRADIENT, item=f"w{place}", judgement=wrong if place == 600 else right)
        for place in range(story.ITEMS + 300)
    )

    texts = outline(page.render(replace(draw({}), rungs=rows))).texts

    assert "w600" in texts
    assert any(text.startswith("300 more items are not listed here") for text in texts)


def test_weak_goldens_and_what_could_not_be_judged_are_listed(draw, outline):
    weak = Judgement(verdict=Verdict.WEAK, reason="sees no eps")
    rows = (RungRow(rung=Rung.LOSS, item="entropy", judgement=weak),)

    texts = " ".join(outline(page.render(replace(draw({"a": (0, None, 0)}), rungs=rows))).texts)

    assert "loss: entropy : sees no eps" in texts
    assert "our.a : too odd" in texts


def test_characters_that_html_cannot_hold_are_replaced(draw):
    text = page.render(replace(draw({}), notes=("a\x00b\x1b\ud800\x9fc",)))

    assert "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}" in text
    text.encode("utf-8")


def test_provenance_is_grouped_by_side():
    groups = dict(story.facts(planted()))

    assert list(groups) == ["bundle", "recorded", "compared"]
    assert ("reference", "reference/adapter.py") in groups["bundle"]
    assert "versions torch" in dict(groups["recorded"])
