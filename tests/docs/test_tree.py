"""The tree in the README is made from the table of the house."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_readme_shows_the_tree_as_the_house_has_it(generate):
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert text == generate.with_tree(text), "run: python docs/generate.py --write"


def test_every_line_of_the_tree_says_what_the_path_is_for(generate):
    _, *lines = generate.tree().splitlines()

    assert len(lines) >= 20
    for line in lines:
        name, _, purpose = line.strip().partition("  ")
        assert name, line
        assert len(purpose.strip()) >= 8, line


def test_a_page_without_a_place_for_the_tree_says_how_to_add_one(generate):
    with pytest.raises(ValueError, match="add the lines <!-- tree: made by"):
        generate.with_tree("# no markers\n")


def test_writing_the_tree_twice_changes_nothing(generate):
    page = f"# title\n\n{generate.BEGIN}\nold\n{generate.END}\nrest\n"

    once = generate.with_tree(page)

    assert once == generate.with_tree(once)
    assert once.endswith("rest\n")


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs" / "reference").glob("*.md")), ids=lambda page: page.stem
)
def test_a_reference_page_shows_the_help_as_it_is(generate, page):
    text = page.read_text(encoding="utf-8")

    assert "<!-- help: scaffold" in text
    assert text == generate.with_help(text), "run: python docs/generate.py --write"


def test_the_page_of_causes_lists_the_hypotheses_that_there_are(generate):
    text = (ROOT / "docs" / "causes.md").read_text(encoding="utf-8")

    assert text == generate.hypotheses(), "run: python docs/generate.py --write"
    assert text.count("| D") + text.count(", D") >= 40
