"""Let Copier ask and render. The only file that imports it."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.generate.engines.asking import Asking
    from scaffold.generate.questions import Form
    from scaffold.house.table import House

_INVALID = re.compile(r"Validation error for question '(?P<name>\w+)': (?P<why>.*)", re.DOTALL)
_CHOICE = re.compile(r"Invalid choice for '(?P<name>\w+)': (?P<why>.*)", re.DOTALL)


def render(house: House, form: Form, asking: Asking, room: Path) -> tuple[Path, dict[str, Any]]:
    """Render a house into a room; gives the folder with the files, and every answer."""
    from copier import Settings, run_copy  # noqa: PLC0415 - starting must not pay for it

    out = room / "out"
    try:
        with _without_git(trust=asking.trust):
            worker = run_copy(
                str(house.root),
                out,
                data=dict(asking.given),
                user_defaults=dict(asking.suggested) if asking.prompt else {},
                settings=Settings(),
                defaults=not asking.prompt,
                quiet=True,
                unsafe=asking.trust,
            )
    except (KeyboardInterrupt, ScaffoldError):
        raise
    except Exception as error:
        raise explain(error, house) from error
    combined = worker.answers.combined
    return out, {name: combined[name] for name in form.names if name in combined}


@contextmanager
def _without_git(*, trust: bool) -> Iterator[None]:
    """Keep Copier from running git.

    A house is a plain folder by now. Copier would ask git about it, and once more about each
    file that it writes, which takes as long as all the rest; and a folder that a stranger made
    is no place to run git in. Commands of a trusted house find their programs as ever.
    """
    from plumbum import local  # noqa: PLC0415 - how Copier finds and runs programs

    if trust:
        yield
        return
    with local.env(PATH=os.devnull):
        yield


def explain(error: Exception, house: House) -> ScaffoldError:
    """Say in our words what Copier ran into."""
    said = " ".join(str(error).split()) or type(error).__name__
    if found := _INVALID.search(str(error)) or _CHOICE.search(str(error)):
        why = " ".join(found["why"].split())
        return ScaffoldError(
            why[:1].lower() + why[1:].rstrip("."),
            where=f"answer {found['name']}",
            remedy=f"give another answer: --set {found['name']}=...",
        )
    kind = type(error).__name__
    remedies = {
        "SecurityError": "remove the expression; a template handles texts and nothing else",
        "ForbiddenPathError": "keep every path of the house inside of it",
        "UndefinedError": "ask for the value in copier.yml, or correct its name",
        "TemplateSyntaxError": "mend the expression that is named",
    }
    return ScaffoldError(
        f"could not be rendered: {kind}: {said}",
        where=_place(error, house),
        remedy=remedies.get(kind, "mend the house, or report it to its authors"),
    )


def _place(error: Exception, house: House) -> str:
    """Name the file and the line of a template, where the error or its traceback knows them."""
    root = str(house.root)
    place, line = str(getattr(error, "filename", None) or root), getattr(error, "lineno", None)
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(root):
            place, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    shown = house.place(place.removeprefix(root).lstrip("/"))
    return f"{shown}:{line}" if line else shown
