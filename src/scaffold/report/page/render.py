"""Write a comparison as one HTML file: style, script and data are all in it."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scaffold.report import words
from scaffold.report.page import dataflow, story, strip
from scaffold.report.page.closer import closer
from scaffold.report.page.heat import ratio
from scaffold.report.palette import variables

if TYPE_CHECKING:
    from scaffold.core.comparison import Comparison

_UNSAFE = re.compile(r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(comparison: Comparison) -> str:
    """Write the page: the same comparison gives the same bytes."""
    style, script = _asset("page.css"), _asset("page.js")
    text = (
        _templates()
        .get_template("page.html.jinja")
        .render(
            comparison=comparison,
            words=words,
            style=Markup(variables() + style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=_policy(script),
            told=story.told(comparison),
            strip=strip.strip(comparison),
            nodes=dataflow.tree(comparison),
            looks=closer(comparison),
            ladder=story.ladder(comparison),
            facts=story.facts(comparison),
        )
    )
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("scaffold.report.page", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["number"] = _number
    environment.filters["ratio"] = ratio
    environment.filters["length_of"] = _length
    return environment


def _number(value: float) -> str:
    """Show a value of a tensor so that two neighbours can be told apart."""
    return f"{value:.9g}"


def _length(value: float) -> str:
    """Write a length: two digits behind the point, and none where none are needed."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _asset(name: str) -> str:
    return resources.files("scaffold.report.page").joinpath("assets", name).read_text("utf-8")


def _policy(script: str) -> str:
    """Let the page run its own script and nothing else, and load nothing at all."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
