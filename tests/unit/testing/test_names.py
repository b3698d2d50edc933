from pathlib import Path

import pytest

from scaffold.parity.weightmap import WeightMap
from scaffold.testing.names import Names, read_names


@pytest.fixture
def path(repository):
    return repository / "weights.map.toml"


def test_a_part_is_named_as_ours(path):
    assert read_names(path).part("layers.3.norm1") == "blocks.3.norm"


def test_a_weight_that_is_split_gives_every_name(path):
    assert read_names(path).weight("layers.1.in_proj") == ("blocks.1.query", "blocks.1.key")


def test_what_is_not_mapped_keeps_their_name(path):
    names = read_names(path)

    assert names.part("head") == "head"
    assert names.weight("head.weight") == ("head.weight",)


@pytest.mark.parametrize("name", ["layers.0.norm1", "layers.12.norm1"])
def test_parts_are_named_as_the_weight_map_names_them(path, name):
    assert read_names(path).part(name) == WeightMap.read(path).part_to_ours(name)


@pytest.mark.parametrize("name", ["layers.0.in_proj", "layers.12.in_proj"])
def test_weights_are_named_as_the_weight_map_names_them(path, name):
    assert read_names(path).weight(name) == WeightMap.read(path).names_to_ours(name)


def test_a_number_that_stands_twice_is_the_same_number(path):
    path.write_text('[[part]]\ntheirs = "a.{i}.{j}.{i}"\nours = "b.{j}.{i}"\n')

    assert read_names(path).part("a.1.2.1") == "b.2.1"
    assert read_names(path).part("a.1.2.3") == "a.1.2.3"


def test_an_excuse_of_theirs_is_known_and_one_of_ours_is_not_meant(path):
    path.write_text(
        '[[excused]]\ntheirs = "drop.{i}"\nreason = "off"\n'
        '[[excused]]\nours = "norm"\nreason = "new"\n'
    )

    assert read_names(path).excused("drop.3")
    assert not read_names(path).excused("norm")


@pytest.mark.parametrize("text", ["not toml", "[[part]]\nours = 'a'", "part = 3", "\xff"])
def test_a_broken_map_translates_nothing(path, text):
    path.write_text(text, encoding="latin-1")

    assert read_names(path) == Names()


def test_a_missing_map_translates_nothing():
    assert read_names(Path("nowhere.toml")) == Names()
