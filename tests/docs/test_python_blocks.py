"""Run the python blocks of the how-to pages, in order, as a reader would in a notebook.

The lines of a text block stand in what the block before it prints, each at the beginning of a line.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)
END = "-- end of block --"
PAGES = [
    page
    for page in sorted((ROOT / "docs" / "how-to").glob("*.md"))
    if BLOCK.search(page.read_text())
]


@pytest.mark.e2e
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_python_of_a_page_prints_what_it_says(page, tmp_path):
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    code = "".join(f"{block}\nprint({END!r})\n" for block, _ in blocks)

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    for (_, wanted), printed in zip(blocks, done.stdout.split(f"{END}\n"), strict=False):
        lines = printed.splitlines()
        for line in wanted.splitlines():
            assert any(one.startswith(line) for one in lines), f"{line!r} not in:\n{printed}"


def test_a_page_has_python():
    """The negative control of the pattern."""
    assert PAGES
