"""The project stays small enough to be read."""

from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
LIMIT = 500


def lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def python_files(*folders):
    return [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "__pycache__" not in path.parts
    ]


def test_no_file_is_over_the_limit():
    long = {
        str(path.relative_to(ROOT)): lines(path)
        for path in python_files("src", "tests", "benchmarks", "templates")
        if lines(path) > LIMIT
    }

    assert not long


def test_the_median_file_fits_on_two_screens():
    sizes = [lines(path) for path in python_files("src") if path.name != "__init__.py"]

    assert 40 <= median(sizes) <= 130, median(sizes)


def test_the_words_of_the_house_style_are_kept():
    """A file called `utils` or `helpers` has not found its place yet."""
    banned = {"utils", "helpers", "manager", "handler", "base", "misc", "common", "info"}
    allowed = {"src/scaffold/house/base.py"}  # the merge bases of `.scaffold/base/`: a real noun

    found = {
        str(path.relative_to(ROOT))
        for path in python_files("src", "templates")
        if path.stem in banned or path.parent.name in banned
    }

    assert found <= allowed
