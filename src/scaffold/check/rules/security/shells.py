"""Start programs as lists of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.check.source import is_constant, keywords
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_SHELLS = frozenset({"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"})
_RUNS = frozenset(
    f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen")
)


@rule("SEC009", "shell-is-started", "P62", level=Level.WARNING)
def shell_is_started(repository: Repository) -> Iterator[Found]:
    """A command is handed to a shell as one text.

    Why: a path with a space or a semicolon becomes another command.

    Do: pass a list of words to `subprocess.run`.
    """
    for source in repository.own:
        for name, call in source.calls:
            shell = name in _RUNS and is_constant(keywords(call).get("shell"), value=True)
            if name in _SHELLS or shell:
                said = f"{name}(shell=True)" if shell else name
                yield Found(where=source.path, line=call.lineno, because=f"{said} starts a shell")
