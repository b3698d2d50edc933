"""Rules of a team's own come with an installed package, and stand beside those that ship."""

import subprocess
import sys

import pytest

RULE = '''
from pathlib import PurePosixPath

from scaffold.check.rule import Found, rule


@rule("OWN001", "no-owner", "P01")
def no_owner(repository):
    """The repository names no owner.

    Why: nobody answers.

    Do: write OWNERS.
    """
    if not repository.has("OWNERS"):
        yield Found(where=PurePosixPath("OWNERS"), because="is not there")
'''


@pytest.fixture
def installed(tmp_path):
    """A package as pip would leave it on the path."""
    site = tmp_path / "site"
    info = site / "team_rules-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: team-rules\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[scaffold.rules]\nteam = team_rules\n")
    (site / "team_rules.py").write_text(RULE)
    return site


def check(site, folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "scaffold", "check", str(folder), *words],
        env={"PYTHONPATH": str(site), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_rule_of_a_package_is_run_waived_and_switched_off_like_any_other(installed, tmp_path):
    folder = tmp_path / "net"
    (folder / ".scaffold").mkdir(parents=True)

    found = check(installed, folder, "--only", "OWN")
    assert found.returncode == 1, found.stderr
    assert "OWNERS: error OWN001 is not there" in found.stdout
    assert "why: nobody answers. (P01)" in found.stdout
    (folder / ".scaffold/house.toml").write_text('[check]\nrules = { OWN001 = "off" }\n')
    assert check(installed, folder, "--only", "OWN").returncode == 0


def test_a_package_whose_rules_cannot_be_loaded_is_named(installed, tmp_path):
    (installed / "team_rules.py").write_text("raise RuntimeError('no')\n")

    done = check(installed, tmp_path)

    assert done.returncode == 2
    assert "scaffold.rules: team_rules: its rules cannot be loaded: RuntimeError: no" in done.stderr
