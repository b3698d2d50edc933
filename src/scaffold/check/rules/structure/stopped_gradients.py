"""Stop a gradient on purpose only."""

from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.edit import Edit, Fix
from scaffold.check.facts.documents import table
from scaffold.check.facts.yamls import insert_line
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository
    from scaffold.check.source import Source

TAG = re.compile(r"#\s*stop-grad:\s*(SG-\d+)")
PAGE = "docs/gradient_flow.md"
_SWITCHES = frozenset({"torch.no_grad", "torch.inference_mode"})


@rule("STR005", "gradient-stopped-silently", "P22", fixable=Fixable.UNSAFE)
def gradient_stopped_silently(repository: Repository) -> Iterator[Found]:
    """A gradient is stopped in `models/` or `losses/`, and nothing says why.

    Why: a stop that the reference does not have leaves the loss right and its gradient wrong;
    training converges to another model.

    Do: write `# stop-grad: SG-nn` on the line, and give SG-nn a row in `docs/gradient_flow.md`.
    """
    if not repository.manifest:
        return
    known = set(re.findall(r"SG-\d+", repository.text(PAGE) or ""))
    for component in ("models", "losses"):
        for source in repository.folder(component):
            for line, what in stops(source):
                tag = TAG.search(source.lines[line - 1])
                if tag is None:
                    fix = _tagged(repository, source, line, known)
                    yield Found(where=source.path, line=line, because=f"{what} has no tag", fix=fix)
                elif tag[1] not in known:
                    yield Found(
                        where=source.path, line=line, because=f"{tag[1]} has no row in {PAGE}"
                    )


def stops(source: Source) -> Iterator[tuple[int, str]]:
    """Give every place where a gradient is stopped, outside of what draws parameters."""
    drawn = [
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node in source.all(ast.FunctionDef)
        if "init" in node.name or node.name.startswith("reset")
    ]
    for name, call in source.calls:
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        detached = method in ("detach", "detach_") and not call.args
        if not detached and name not in _SWITCHES:
            continue
        if not any(call.lineno in lines for lines in drawn):
            yield call.end_lineno or call.lineno, f"{method or name.rpartition('.')[2]}()"


def _tagged(repository: Repository, source: Source, line: int, known: set[str]) -> Fix | None:
    """Give the stop the next number, and a row in which a person says why."""
    rows = table(repository, PAGE)
    text = source.lines[line - 1]
    if not rows or "#" in text or text.endswith(("\\", "\r")):
        return None
    taken = [int(name.partition("-")[2]) for name in known]
    name = f"SG-{max(taken, default=0) + 1:02d}"
    end = source.starts[line - 1] + len(text.encode())
    tag = Edit(path=source.path, start=end, end=end, text=f"  # stop-grad: {name}".encode())
    width = len(rows[0][1])
    inside = source.path.relative_to(repository.package)
    row = f"| {name} | `{inside}` |{' TBD |' * max(width - 2, 0)}"
    added = insert_line(repository, PurePosixPath(PAGE), rows[-1][0], row, "")
    if added is None:
        return None
    return Fix(says=f"call it {name}, to be explained", changes=(tag, *added.changes), safe=False)
