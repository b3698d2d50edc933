"""Run the console blocks of the how-to pages, in order, as a reader would.

A line that begins with `$ ` is run; the lines below it must appear in what it prints (`...` stands
for anything). A block behind a line `<!-- not run: why -->` is left to the reader.
"""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*(ROOT / "docs" / "how-to").glob("*.md"), *(ROOT / "docs" / "reference").glob("*.md")]
)
BLOCK = re.compile(r"(<!-- not run: .+? -->\n *)?```console\n(.*?)```", re.DOTALL)


def steps(page):
    """The commands of a page, each with the lines that it must print."""
    found = []
    for excuse, block in BLOCK.findall(page.read_text(encoding="utf-8")):
        if excuse:
            continue
        for line in textwrap.dedent(block).splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.strip() not in ("", "..."):
                found[-1][1].append(line)
    return found


def run(command, folder):
    bin_ = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{bin_}:{os.environ['PATH']}",
        "VIRTUAL_ENV": str(bin_.parent),
        "COLUMNS": "120",
        "NO_COLOR": "1",
    }
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.e2e
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_do_what_it_says(page, tmp_path):
    for command, expected in steps(page):
        done = run(command, tmp_path)
        printed = done.stdout + done.stderr

        wanted = 0
        if " # exits " in command:
            wanted = int(command.rsplit(" # exits ", 1)[1])
        assert done.returncode == wanted, f"$ {command}\n{printed}"
        for line in expected:
            assert line.strip() in printed, f"$ {command}\nwanted: {line}\ngot: {printed}"


def test_a_page_that_lies_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```console\n$ echo one\ntwo\n```\n")

    (command, expected), *_ = steps(page)

    assert expected[0] not in run(command, tmp_path).stdout
