"""Comparisons drawn in one line per part, and a reader of HTML."""

from html.parser import HTMLParser

import pytest

from scaffold.core.comparison import Comparison, Divergence, Judgement, PartRow, Rung, Verdict

VOID = {"meta", "link", "input", "br", "img"}


def judged(ratio):
    """A verdict by its ratio alone; None is one that could not be judged."""
    if ratio is None:
        return Judgement(verdict=Verdict.NOT_COMPARABLE, reason="too odd")
    if ratio == 0:
        return Judgement(verdict=Verdict.EQUAL, ratio=0.0)
    verdict = Verdict.ROUNDING if ratio <= 8 else Verdict.DIFFERENT
    return Judgement(verdict=verdict, ratio=ratio, probe="normal")


class Outline(HTMLParser):
    """The nesting of a page; every tag has to be closed where it was opened."""

    def __init__(self):
        super().__init__()
        self.open = []
        self.parents = {}
        self.texts = []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag == "li" and named.get("id"):
            around = [name for _, name in self.open if name]
            self.parents[named["id"]] = around[-1] if around else None
        if tag not in VOID:
            self.open.append((tag, named.get("id") if tag == "li" else None))

    def handle_endtag(self, tag):
        opened, _ = self.open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, text):
        self.texts.append(text)


@pytest.fixture
def draw():
    """Draw a comparison: `name=(interface, local, end to end)`, in dataflow order."""

    def _draw(parts, first=None):
        rows = tuple(
            PartRow(
                part="" if name == "model" else name,
                ours="" if name == "model" else f"our.{name}",
                kind="Part",
                interface=judged(ratios[0]),
                local=judged(ratios[1]),
                end_to_end=judged(ratios[2]),
                order=order,
            )
            for order, (name, ratios) in enumerate(parts.items())
        )
        divergence = first and Divergence(
            rung=Rung.FORWARD, place=first, because="measured", remedy="mend it"
        )
        return Comparison(
            reference="r", bundle="b", parts=rows, rungs=(), first=divergence, limit=8.0
        )

    return _draw


@pytest.fixture
def outline():
    """Read a page; its nesting, and its text."""

    def _outline(html):
        found = Outline()
        found.feed(html)
        found.close()
        assert not found.open
        return found

    return _outline
