"""The same answers give the same bytes, whatever the machine looks like."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from scaffold.house.shipped import DEFAULT, shelf

CODE = """
import hashlib, os, sys
from pathlib import Path
from scaffold.generate.engines.asking import Asking
from scaffold.generate.new import Order, propose
os.umask(int(sys.argv[2], 8))
plan = propose(Order(destination=Path("out"), house=sys.argv[1], asking=Asking(defaults=True))).plan
total = hashlib.sha256()
for step in plan.steps:
    total.update(repr((str(step.path), step.file.content, step.file.executable)).encode())
print(len(plan.steps), total.hexdigest())
"""
USUAL = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0"}


def fingerprint(cwd, house, umask="022", **environment):
    cwd.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", CODE, house, umask],
        cwd=cwd,
        env=USUAL | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """The house that ships, as it is now."""
    return str(shutil.copytree(shelf() / DEFAULT, tmp_path_factory.mktemp("house") / DEFAULT))


@pytest.fixture(scope="module")
def usual(tmp_path_factory, house):
    return fingerprint(tmp_path_factory.mktemp("usual"), house)


@pytest.mark.parametrize(
    ("umask", "environment"),
    [
        ("022", {"LC_ALL": "C", "LANG": "C"}),
        ("022", {"LC_ALL": "tr_TR.UTF-8"}),
        ("022", {"TZ": "Pacific/Kiritimati"}),
        ("077", {}),
        ("000", {}),
        ("022", {"PYTHONHASHSEED": "12345"}),
        ("022", {"HOME": "/nowhere", "USER": "somebody", "COLUMNS": "20"}),
    ],
)
def test_another_machine_gives_the_same_bytes(tmp_path, house, usual, umask, environment):
    assert fingerprint(tmp_path / "elsewhere", house, umask, **environment) == usual


def test_another_house_gives_other_bytes(small, tmp_path, usual):
    """The negative control: the fingerprint sees what is rendered."""
    assert fingerprint(tmp_path, str(small())) != usual
