"""Editors complete the two files that people write, and complain about them."""

import tomllib
from pathlib import Path

import jsonschema
import pytest

from scaffold.check.schema import house_schema, manifest_schema

ROOT = Path(__file__).parents[3]


def complaints(schema, content):
    plain = {**content}
    for waiver in plain.get("waiver", []):
        waiver["expires"] = str(waiver["expires"])
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(plain)]


@pytest.mark.parametrize("house", ["reengineering", "around"])
def test_the_houses_that_ship_keep_their_schema(house):
    content = tomllib.loads((ROOT / "templates" / house / "house.toml").read_text())

    assert not complaints(house_schema(), content)


def test_a_fresh_manifest_keeps_its_schema():
    text = (ROOT / "examples/digits-vit/reengineering.toml").read_text()
    waiver = '\n[[waiver]]\nrule = "G4f"\nreason = "r"\nowner = "o"\nexpires = 2031-01-01\n'

    assert not complaints(manifest_schema(), tomllib.loads(text + waiver))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[project]\nactivity = "copy"\n', "'copy' is not one of"),
        ("[projekt]\n", "'projekt' was unexpected"),
        ('[budget]\ndays = "ten"\n', "'ten' is not of type 'number'"),
        ('[[waiver]]\nrule = "G1"\nexpires = 2031-01-01\n', "'reason' is a required property"),
    ],
)
def test_a_manifest_that_is_wrong_is_complained_about(text, said):
    found = complaints(manifest_schema(), tomllib.loads(text))

    assert any(said in one for one in found), found


def test_a_house_with_a_level_that_is_none_is_complained_about():
    text = 'schema = 1\nid = "a"\nversion = "1"\n[check.rules]\nSEC001 = "loud"\n'

    assert any(
        "'loud' is not one of" in one for one in complaints(house_schema(), tomllib.loads(text))
    )
