"""Every combination of answers gives a repository that stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from baking import collect_tests, compose_pairs, group_choices, in_each, measure_model
from rendering import combinations, front_matter

pytestmark = pytest.mark.bake

NUMBERS = range(len(combinations()))
RUFF = Path(sys.executable).with_name("ruff")


@pytest.fixture(scope="module")
def folders(shelf, worker_id):
    # Two workers that begin at either end share the rendering instead of doing it twice.
    for number in NUMBERS if worker_id in {"master", "gw0"} else reversed(NUMBERS):
        shelf[number]
    return [shelf[number] for number in NUMBERS]


def run(*command, cwd):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_every_combination_passes_ruff_with_its_own_settings(shelf, folders):
    done = run(RUFF, "check", "--no-cache", *folders, cwd=shelf.base)

    assert done.returncode == 0, done.stdout


def test_every_combination_is_formatted(shelf, folders):
    done = run(RUFF, "format", "--check", "--no-cache", *folders, cwd=shelf.base)

    assert done.returncode == 0, done.stdout


def test_every_combination_composes_its_configurations(folders):
    done = in_each(folders, compose_pairs)

    assert set(map(tuple, done.values())) == {tuple(done[folders[0]])}
    chosen = {part for line in done[folders[0]] for part in line.split()}
    for group, options in group_choices(folders[0] / "configs").items():
        assert {f"{group}={option}" for option in options} <= chosen


def test_every_combination_collects_its_tests(folders):
    found = in_each(folders, collect_tests)

    failed = {
        folder.name: text.partition("ERRORS")[2] for folder, (n, text) in found.items() if n <= 0
    }
    assert failed == {}, "\n".join(failed.values())
    assert min(count for count, _ in found.values()) >= 100


def test_the_model_card_counts_as_the_model_does(folders):
    (found,) = in_each(folders[:1], measure_model).values()

    card = front_matter(folders[0] / "MODEL_CARD.md")
    assert {key: card[key] for key in found} == found


def test_no_rendering_has_a_trace_of_the_template(folders):
    for folder in folders:
        for path in folder.rglob("*"):
            assert "{{" not in str(path), path
            assert path.suffix != ".jinja", path
            if path.is_file() and path.suffix != ".safetensors" and ".github" not in path.parts:
                text = path.read_text(encoding="utf-8")
                assert "{%" not in text, path
                assert "{{ " not in text or path.suffix in {".md", ".py"}, path
