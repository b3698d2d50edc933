"""Parts lie in each other by their paths."""

from __future__ import annotations

from scaffold.core.paths import around


def test_the_innermost_part_around_is_found_and_the_model_where_none_is():
    known = {"blocks.1", "blocks"}

    assert around("blocks.1.attn.qkv", known) == "blocks.1"
    assert around("blocks.1", known) == "blocks.1"
    assert around("blocks.10.attn", known) == "blocks"
    assert around("head", known) == ""
