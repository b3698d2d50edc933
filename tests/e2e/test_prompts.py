"""A person at a terminal is asked by Copier's own prompts."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
# These tests are no package, and import modes differ in what they put on the path.
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from hostile import copier_house  # noqa: E402 - the path is set above

pytestmark = [
    pytest.mark.e2e,
    # Other tests of the same process may have left threads; the child replaces itself at once.
    pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning"),
]

PATIENCE = 60
ERASE = "\x15"
ENTER = "\r"
VALIDATED = (
    "place: {type: str, default: here, "
    "validator: \"{% if place == 'there' %}anywhere but there{% endif %}\"}\n"
)


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, cwd: Path, *command: str) -> None:
        self.shown = ""
        self.process, self.handle = pty.fork()
        if self.process == 0:
            os.chdir(cwd)
            environment = {"PATH": os.environ["PATH"], "TERM": "xterm", "HOME": str(cwd)}
            environment["PROMPT_TOOLKIT_NO_CPR"] = "1"  # nobody answers where the cursor is
            os.execve(command[0], command, environment)  # noqa: S606 - a list, no shell

    def until(self, text: str) -> None:
        """Read until something is shown."""
        while text not in self.shown:
            ready, _, _ = select.select([self.handle], [], [], PATIENCE)
            assert ready, f"waited for {text!r} and saw {self.shown!r}"
            try:
                new = os.read(self.handle, 4096).decode(errors="replace")
            except OSError:
                new = ""
            assert new, f"ended before {text!r} with {self.shown!r}"
            self.shown += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", new)
        self.shown = self.shown.partition(text)[2]

    def type(self, text: str) -> None:
        """Type on the keyboard."""
        os.write(self.handle, text.encode())

    def end(self) -> int:
        """Read what is left, and give the exit code."""
        try:
            while new := os.read(self.handle, 4096):
                self.shown += new.decode(errors="replace")
        except OSError:
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


@pytest.fixture
def terminal(tmp_path):
    copier_house(tmp_path / "h", extra=VALIDATED)
    scaffold = str(Path(sys.executable).parent / "scaffold")
    return Terminal(tmp_path, scaffold, "new", "My Net", "--house", "h", "--set", "ci=none")


def test_the_folders_name_is_offered_and_a_bad_answer_is_asked_again(terminal, tmp_path):
    terminal.until("my-net")
    terminal.type(ENTER)
    terminal.until("my_net")
    terminal.type(ERASE + "class" + ENTER)
    terminal.until("here")
    terminal.type(ERASE + "there")
    terminal.type(ENTER)
    terminal.until("anywhere but there")  # the house's validator, while one types
    terminal.type(ERASE + "nowhere" + ENTER)
    terminal.until("answer package: 'class' is a keyword of Python")
    terminal.until("my-net")
    terminal.type(ENTER)
    terminal.until("my_net")
    terminal.type(ENTER)
    terminal.until("nowhere")  # the good answers are offered again
    terminal.type(ENTER)

    assert terminal.end() == 0
    assert "made " in terminal.shown
    assert (tmp_path / "My Net" / "README.md").read_text() == "# my-net\n"
    assert (tmp_path / "My Net" / "src" / "my_net" / "__init__.py").is_file()


def test_an_interrupt_at_a_prompt_leaves_nothing(terminal, tmp_path):
    terminal.until("my-net")
    terminal.type("\x03")

    assert terminal.end() == 2
    assert "interrupted; nothing was changed" in terminal.shown
    assert sorted(path.name for path in tmp_path.iterdir()) == ["h"]


def test_a_signal_at_a_prompt_leaves_nothing(terminal, tmp_path):
    terminal.until("my-net")
    os.kill(terminal.process, signal.SIGINT)

    assert terminal.end() == 2
    assert not (tmp_path / "My Net").exists()
