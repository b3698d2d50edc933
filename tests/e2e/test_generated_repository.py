"""Use a generated repository as its owner would: test it without a network, train it, read it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.e2e

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    folder = tmp_path_factory.mktemp("owner") / "digits-vit"
    subprocess.run(
        [sys.executable, "-m", "scaffold", "new", folder, "--defaults"],
        check=True,
        capture_output=True,
    )
    return folder


def run(repository, *command):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "MAKE"))}
    return subprocess.run(
        command,
        cwd=repository,
        env={
            **environment,
            "VIRTUAL_ENV": str(BIN.parent),
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "OMP_NUM_THREADS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_its_suite_passes_with_the_network_cut_off(repository):
    """`unshare -rn` leaves not even the loopback interface up."""
    done = run(repository, "unshare", "-rn", "make", "test")

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert re.search(r"\d+ passed", done.stdout)
    assert "skipped" not in done.stdout
    assert "pip install" not in done.stdout


def test_it_trains_to_its_target_and_says_so_in_its_readme(repository):
    done = run(repository, "make", "train", "results")

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    (row,) = yaml.safe_load((repository / "results" / "measured.yaml").read_text())["measured"]
    assert row["target"] == "test-accuracy"
    assert row["value"] >= 0.97, row
    assert f"{row['value']:.4f}"[:5] in (repository / "README.md").read_text(encoding="utf-8")


def test_every_part_agrees_with_the_reference(repository):
    done = run(repository, "make", "parity")

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert re.search(r"agrees: all \d+ items of 15 rungs", done.stdout)
    assert "different" not in done.stdout


def test_its_own_style_and_types_are_clean(repository):
    done = run(repository, "make", "lint")

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


COMPOSE = """
import sys
from itertools import islice, product
from pathlib import Path

from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

configs = Path("configs").resolve()
groups = {
    folder.name: sorted(file.stem for file in folder.glob("[!_]*.yaml"))
    for folder in sorted(configs.iterdir())
    if folder.is_dir()
}
groups["experiment"].append("")
count = 0
with initialize_config_dir(str(configs), version_base="1.3"):
    for choices in islice(product(*groups.values()), 0, None, int(sys.argv[1])):
        named = [f"{group}={choice}" for group, choice in zip(groups, choices) if choice]
        composed = compose("train", overrides=[*named, "paths.output=here"])
        OmegaConf.to_container(composed, resolve=True, throw_on_missing=True)
        count += 1
print(count, "combinations compose")
"""


ONE_IN = 1 if os.environ.get("EVERY_COMBINATION") else 23
"""`make combinations` composes all of them; the repository's own suite has those that meddle."""


def test_combinations_of_its_configuration_groups_compose(repository):
    done = run(repository, sys.executable, "-c", COMPOSE, str(ONE_IN))

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    found = re.search(r"(\d+) combinations compose", done.stdout)
    assert found, done.stdout
    assert int(found[1]) >= 1000 // ONE_IN
