"""`scaffold inspect`: show what a reference is made of, before a line of it is rewritten."""

from __future__ import annotations

import shutil
import sys
from contextlib import redirect_stdout
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import Annotated

import typer

from scaffold.cli.hush import quiet
from scaffold.cli.speak import Format, busy, say, say_json
from scaffold.core.errors import ExitCode

_WIDTH = 100


def inspect(
    spec: Annotated[
        str,
        typer.Argument(
            metavar="SPEC",
            help="timm:NAME, torchvision:NAME, transformers:CLASS, python:MODULE:FACTORY or "
            "file:PATH.py:FACTORY.",
        ),
    ],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE", help="What it is built with.", show_default=False),
    ] = None,
    *,
    python: Annotated[
        Path | None,
        typer.Option(
            "--python", metavar="PATH", help="Build it with this interpreter, not with ours."
        ),
    ] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            metavar="NAME=SHAPE:DTYPE",
            help="A tensor that it takes, such as ids=2x16:int64:0..99; all of them, if any.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Where weights and inputs start.")] = 0,
    form: Annotated[Format, typer.Option("--format", help="Report as text or JSON.")] = Format.TEXT,
) -> int:
    """Show the parts of a reference: classes, arguments, shapes, dataflow, and what to watch for.

    It is built with random weights, without the network, and run on an example batch that is
    guessed from its family and its signature. Exits with 2 when that is not possible, and says why.
    """
    from scaffold.reference.spec import parse  # noqa: PLC0415 - starting stays cheap

    wanted = parse(spec, arguments or [])
    # What a stranger's model prints while it is built is no part of the report.
    with quiet(), redirect_stdout(sys.stderr), busy("inspecting the reference"):
        from scaffold.reference.blueprint.ask import blueprint_of  # noqa: PLC0415 - likewise

        blueprint = blueprint_of(wanted, inputs=inputs or [], seed=seed, python=python)
    if form is Format.JSON:
        from scaffold.core.blueprint.document import as_document  # noqa: PLC0415 - likewise

        say_json(as_document(blueprint))
    else:
        from scaffold.report.blueprint import plain  # noqa: PLC0415 - likewise

        width = shutil.get_terminal_size((_WIDTH, 0)).columns
        say(plain(blueprint, width=width).rstrip("\n"))
    return ExitCode.OK
