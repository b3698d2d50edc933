"""One file per verb: parse, call, render, exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, and exit with 0 (well), 1 (findings) or 2 (could not do it)."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    from scaffold.cli.app import run  # noqa: PLC0415 - importing the package stays cheap

    sys.exit(run(given))
