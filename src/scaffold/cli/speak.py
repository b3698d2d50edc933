"""Say what a verb has to say: to people on the terminal, to programs as JSON."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import typer

from scaffold.core.errors import ExitCode, ScaffoldError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class Format(StrEnum):
    """How a verb reports."""

    TEXT = "text"
    JSON = "json"


def say(text: str) -> None:
    """Say something to a person."""
    typer.echo(text)


def say_json(content: dict[str, Any]) -> None:
    """Say something to a program."""
    typer.echo(as_json(content))


def as_json(content: dict[str, Any]) -> str:
    """Write something for a program."""
    return json.dumps(content, indent=2, ensure_ascii=False)


def complain(error: ScaffoldError, form: Format = Format.TEXT) -> ExitCode:
    """Show a failure with its place and its remedy; gives the exit code."""
    if form is Format.JSON:
        say_json({"error": {"what": error.what, "where": error.where, "remedy": error.remedy}})
    typer.echo(f"scaffold: {harmless(str(error))}", err=True)
    return ExitCode.FAILED


def busy(doing: str) -> AbstractContextManager[object]:
    """Show that work goes on where a person looks on."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console  # noqa: PLC0415 - starting stays cheap

    return Console(stderr=True).status(doing)


def harmless(text: str) -> str:
    """Spell out what would steer a terminal: a message may quote a stranger's file."""
    return "".join(
        character if character.isprintable() or character == "\n" else repr(character)[1:-1]
        for character in text
    )


def said_by_click(error: Exception) -> int | None:
    """Let the command line's own library show its failures, and give the exit code."""
    show = getattr(error, "show", None)
    if callable(show):
        show(file=sys.stderr)
        return ExitCode.FAILED
    return None
