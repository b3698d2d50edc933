"""Keep the package of the reference out of what replaces it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.facts.manifests import text
from scaffold.check.rule import Found, rule
from scaffold.check.rules.structure.import_direction import imported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_DELEGATING = ("delegated", "taken")


@rule("STR009", "reference-package-is-imported", "P19")
def reference_package_is_imported(repository: Repository) -> Iterator[Found]:
    """`src/`, or once nothing is delegated any file, imports the package of the reference.

    Why: a part that calls the reference is equal to it by definition, and proves nothing.

    Do: let only `reference/adapter.py` import it.
    """
    package = text(repository, "reference", "distribution").replace("-", "_").lower()
    if not package:
        return
    parts = repository.toml("parts.toml").get("part", [])
    rows = [row for row in parts if isinstance(row, dict)] if isinstance(parts, list) else []
    finished = bool(rows) and all(row.get("status") not in _DELEGATING for row in rows)
    for path in repository.files:
        if path.suffix != ".py" or path.parts[0] == "reference":
            continue
        if path.parts[0] != "src" and not finished:
            continue
        source = repository.python(path)
        for line, module in imported(source, "") if source is not None else ():
            if module.split(".")[0].lower() == package:
                yield Found(where=path, line=line, because=f"imports {package}")
