"""A process that is killed leaves the old state or the new one, never half of it.

A moment is the n-th time that the process touches the disk or starts a program, drawn at random
with a fixed seed; so the moments are the same on a fast machine and on a slow one.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
# These tests are no package, and import modes differ in what they put on the path.
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from hostile import copier_house, draw  # noqa: E402 - the path is set above

pytestmark = pytest.mark.e2e

KILLS = 30
FORCED = 12
# What is printed at the end is the number of moments; 0 stands for a run that nobody kills.
CHILD = """
import os, signal, sys
moment, count = int(sys.argv[1]), 0
TOUCHES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.chmod", "fcntl.flock",
           "subprocess.Popen", "shutil.rmtree"}
def watch(event, arguments):
    global count
    written = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT
    if event in TOUCHES or written:
        count += 1
        if count == moment:
            os.kill(os.getpid(), signal.SIGKILL)
import scaffold.cli.app, scaffold.generate.new, copier, plumbum
sys.addaudithook(watch)
code = scaffold.cli.app.run(["new", *sys.argv[2:]])
print("moments", count)
sys.exit(code)
"""


def start(world, moment, *more):
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(moment), "out", "--defaults", "--house", "h", *more],
        cwd=world,
        env={
            "PATH": os.environ["PATH"],
            "TMPDIR": str(world / "tmp"),
            "HOME": str(world / "home"),
            "PYTHONDONTWRITEBYTECODE": "1",  # else the first run has more moments than the next
        },
        capture_output=True,
        text=True,
        check=False,
    )


def moments(world, *more):
    done = start(world, 0, *more)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def leftovers(world):
    return [
        *world.glob(".scaffold-workshop-*"),
        *(world / "tmp").glob(".scaffold-workshop-*"),
    ]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """What a run that nobody kills gives, and at how many moments it could be killed."""
    world = draw_world(tmp_path_factory.mktemp("untouched"))
    count = moments(world)
    return files(world / "out"), count


@pytest.fixture
def world(tmp_path):
    return draw_world(tmp_path)


def draw_world(at):
    copier_house(at / "h", {f"repository/docs/{n}.md.jinja": "{{ name }}\n" for n in range(8)})
    for name in ("tmp", "home"):
        (at / name).mkdir()
    return at


@pytest.mark.parametrize("kill", range(KILLS))
def test_a_killed_run_leaves_the_destination_absent_or_complete(kill, world, untouched):
    wanted, count = untouched
    moment = random.Random(kill).randint(1, count)  # noqa: S311 - no secret

    killed = start(world, moment)

    out = world / "out"
    assert killed.returncode == -signal.SIGKILL
    if out.exists():
        assert files(out) == wanted
        assert git(out, "status", "--porcelain") == ""
        assert git(out, "rev-list", "--count", "HEAD") == "1\n"

    again = start(world, 0)

    assert (again.returncode == 0) is ("is not empty" not in again.stderr)
    assert files(out) == wanted
    start(world, 0)  # sweeps what the second run could not know to be dead when it began
    assert leftovers(world) == []


@pytest.mark.parametrize("kill", range(FORCED))
def test_a_killed_run_with_force_loses_nothing(kill, world):
    old = {"README.md": "mine\n", "notes.txt": "mine too\n", "docs/1.md": "mine as well\n"}
    rehearsal = draw_world(world / "rehearsal")
    draw(rehearsal / "out", old)
    count = moments(rehearsal, "--force")
    wanted = files(rehearsal / "out")
    draw(world / "out", old)
    moment = random.Random(kill).randint(1, count)  # noqa: S311 - no secret

    killed = start(world, moment, "--force")

    assert killed.returncode == -signal.SIGKILL
    found = files(world / "out")
    mine = {name: text.encode() for name, text in old.items()}
    assert found in (mine, wanted)
    if found == wanted:
        kept = files(world / "out.before-1")
        assert kept == {name: mine[name] for name in ("README.md", "docs/1.md")}


def git(folder, *arguments):
    return subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout
