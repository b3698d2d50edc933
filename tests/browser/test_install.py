"""`make browser` on a machine that has a browser, on one that may get it, on one that may not."""

import shutil
import subprocess
from pathlib import Path

import pytest

INSTALL = Path(__file__).with_name("install.sh")


@pytest.fixture
def machine(tmp_path):
    """Run the script where only the given programs exist, as programs of a few words each."""

    def _run(**programs):
        for name, text in programs.items():
            path = tmp_path / name.replace("_", "-")
            path.write_text(f"#!/bin/sh\n{text}\n")
            path.chmod(0o755)
        return subprocess.run(
            [shutil.which("sh"), INSTALL],
            env={"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return _run


def test_a_machine_with_a_browser_is_left_alone(machine):
    done = machine(chromium="", chromedriver="", apt_get="exit 9", id="echo 0")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_root_gets_one(machine, tmp_path):
    make = f'echo "$@"; : > {tmp_path}/chromium; : > {tmp_path}/chromedriver'
    chmod = f"{shutil.which('chmod')} +x {tmp_path}/chromium {tmp_path}/chromedriver"

    done = machine(apt_get=f"{make}; {chmod}", id="echo 0")

    assert done.returncode == 0, done.stderr
    assert "install -y -qq --no-install-recommends chromium chromium-driver" in done.stdout


def test_anyone_else_is_told_what_to_install(machine):
    done = machine(apt_get="exit 9", id="echo 1000", chromium="")

    assert done.returncode == 1
    assert done.stderr == (
        "no browser: the page of a comparison is tested in a real one\n"
        "  try: install chromium and chromedriver"
        " (Debian, Ubuntu: sudo apt-get install chromium chromium-driver)\n"
    )
