"""Make the examples again: the default output of the house that ships.

    python examples/regenerate.py

`tests/bake/test_example.py` fails, with a diff, when what is committed is not what this makes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent
NAME = "digits-vit"
# Says where the running tool was installed from, which is another place on every machine.
LEFT_OUT = ".scaffold/constraints.txt"


def make(folder: Path) -> Path:
    """Run `scaffold new` in a folder and return what it made."""
    scaffold = [sys.executable, "-m", "scaffold"]
    subprocess.run([*scaffold, "new", NAME, "--defaults", "--no-git"], cwd=folder, check=True)
    made = folder / NAME
    (made / LEFT_OUT).unlink(missing_ok=True)
    return made


def main() -> None:
    """Replace the committed example."""
    with tempfile.TemporaryDirectory() as folder:
        made = make(Path(folder))
        shutil.rmtree(EXAMPLES / NAME, ignore_errors=True)
        shutil.copytree(made, EXAMPLES / NAME)


if __name__ == "__main__":
    main()
