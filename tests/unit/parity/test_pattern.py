"""Numbered places match numbers, the same one for the same name."""

from __future__ import annotations

from scaffold.parity.pattern import bindings, filled, places


def test_places_stand_for_numbers():
    assert bindings("a.{i}.b{j}", "a.12.b3") == {"i": "12", "j": "3"}
    assert bindings("a.{i}", "a.x") is None
    assert bindings("a.{i}", "a.1.b") is None


def test_a_dot_is_a_dot():
    assert bindings("a.b", "axb") is None
    assert bindings("a.b", "a.b") == {}


def test_a_place_that_stands_twice_is_one_number():
    assert bindings("{i}.{i}", "1.1") == {"i": "1"}
    assert bindings("{i}.{i}", "1.2") is None


def test_filling_undoes_binding():
    assert filled("b.{i}.c{j}", {"i": "12", "j": "3"}) == "b.12.c3"
    assert places("b.{i}.c{j}") == {"i", "j"}
