"""Put the verbs together, and show what failed in one way."""

from __future__ import annotations

import traceback
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from scaffold import __version__
from scaffold.cli.speak import Format, complain, said_by_click
from scaffold.core.errors import ExitCode, ScaffoldError

VERBS = (
    *("new", "inspect", "record", "map", "compare", "check", "status", "new-part"),
    *("plan", "update", "undo", "promote", "fleet", "explain", "house"),
)

INTERRUPTED = 130
"""What typer makes of Ctrl-C; the exit code is ours all the same."""
INTERRUPT = ScaffoldError(
    "interrupted; nothing was changed", where="scaffold", remedy="run it again"
)


class Verbs(TyperGroup):
    """Find a verb in the file of its name, when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - click's signature
        """Name the verbs in the order in which one meets them."""
        return [verb for verb in VERBS if find_spec(f"scaffold.cli.{_file(verb)}") is not None]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - click's signature
        """Load a verb: a function of the file's name, or an `app` with verbs of its own."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(f"scaffold.cli.{_file(cmd_name)}")
        inner = getattr(module, "app", None)
        if inner is None:
            inner = typer.Typer(add_completion=False)
            inner.command(name=cmd_name)(getattr(module, _file(cmd_name)))
        command = typer.main.get_command(inner)
        command.name = cmd_name
        return command


def _file(verb: str) -> str:
    """Give the name of the file, and of the function, of a verb."""
    return verb.replace("-", "_")


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer's callback
    if wanted:
        typer.echo(f"scaffold {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def scaffold(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Turn a reference model into a repository that reimplements it, and prove it is the same."""


def run(arguments: list[str]) -> int:
    """Run a verb and give its exit code; no known failure shows a traceback.

    An unknown one does, and is no finding: python alone would end with the code of findings.
    """
    command = typer.main.get_command(app)
    try:
        result = command.main(args=arguments, prog_name="scaffold", standalone_mode=False)
    except ScaffoldError as error:
        return complain(error, _format(arguments))
    except Exception as error:  # noqa: BLE001 - shown with its traceback
        if (code := said_by_click(error)) is not None:
            return code
        traceback.print_exc()
        return complain(_unknown(error), _format(arguments))
    if result == INTERRUPTED:
        return complain(INTERRUPT, _format(arguments))
    return int(result) if isinstance(result, int) else ExitCode.OK


def _unknown(error: Exception) -> ScaffoldError:
    return ScaffoldError(
        f"stopped by an error that it does not know ({type(error).__name__}: {error})",
        where="scaffold",
        remedy="report it with the lines above",
    )


def _format(arguments: list[str]) -> Format:
    """Tell whether a program is reading, so that a failure reaches it too."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    as_json = any(pair == ("--format", "json") or pair[0] == "--format=json" for pair in pairs)
    return Format.JSON if as_json else Format.TEXT
