"""What a run leaves behind: one line, one table, one place in the README."""

from __future__ import annotations

import pytest
import yaml
from omegaconf import OmegaConf
from scaffold.core.errors import ScaffoldError

from digits_resnet.training import ledger, results
from digits_resnet.training.run import ROOT


def entry(**changes):
    """One line of a ledger."""
    return {
        "target": "test-accuracy",
        "value": 0.9,
        "seed": 0,
        "config": "a",
        "commit": "c",
        "hardware": "h",
        "seconds": 1.0,
    } | changes


def test_lines_are_added_and_never_changed(tmp_path):
    ledger.append(tmp_path, entry())
    first = (tmp_path / "experiments.jsonl").read_bytes()

    ledger.append(tmp_path, entry(seed=1))

    assert (tmp_path / "experiments.jsonl").read_bytes().startswith(first)
    assert [line["seed"] for line in ledger.read(tmp_path)] == [0, 1]


def test_a_measured_value_is_the_mean_over_the_seeds_of_the_newest_configuration(tmp_path):
    runs = [
        entry(config="old", value=0.1),
        entry(value=0.5),
        entry(value=0.90),
        entry(value=0.94, seed=1),
    ]
    for run in runs:
        ledger.append(tmp_path, run)

    (row,) = yaml.safe_load((tmp_path / "measured.yaml").read_text())["measured"]

    assert (row["value"], row["std"], row["seeds"], row["seconds"]) == (0.92, 0.0283, [0, 1], 2.0)


def test_seed_and_places_do_not_make_another_configuration():
    def fingerprint(**settings):
        root = {"folder": "${paths.output}"}
        return ledger.fingerprint_of(OmegaConf.create(settings | root))

    one = fingerprint(seed=0, paths={"output": "a"}, lr=1)

    assert one == fingerprint(seed=1, paths={"output": "b"}, lr=1)
    assert one != fingerprint(seed=0, paths={"output": "a"}, lr=2)


@pytest.mark.parametrize(
    ("value", "verdict"), [(None, "open"), (0.97, "reached"), (0.9699, "missed")]
)
def test_a_target_is_open_reached_or_missed(value, verdict):
    target = {"id": "t", "metric": "m", "split": "test", "value": 0.98, "tolerance": 0.01}
    measured = [] if value is None else [{"target": "t", "value": value, "std": 0.0, "seeds": [0]}]

    assert results.table([target], measured).splitlines()[-1].endswith(f"| {verdict} |")


def test_the_table_replaces_what_stands_between_the_markers_and_nothing_else():
    page = f"before\n{results.BEGIN}\nold\n{results.END}\nafter\n"

    assert results.put(page, "new") == page.replace("old", "new")


def test_a_readme_without_markers_is_refused():
    with pytest.raises(ScaffoldError, match="are missing"):
        results.put("# Title\n", "new")


def test_the_table_in_the_readme_is_the_one_of_the_results():
    targets, measured = (
        yaml.safe_load((ROOT / "results" / f"{name}.yaml").read_text())[name]
        for name in ("targets", "measured")
    )

    assert results.table(targets, measured) in (ROOT / "README.md").read_text(), "run: make results"
