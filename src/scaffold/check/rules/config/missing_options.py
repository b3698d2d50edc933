"""Let every default of a configuration be there."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffold.check.facts.yamls import line_of
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_ROOT = "configs"


@rule("CFG005", "option-does-not-exist", "P14")
def option_does_not_exist(repository: Repository) -> Iterator[Found]:
    """A Hydra defaults list names a file that is not there.

    Why: the configuration composes nowhere, or only with an override that the README lacks.

    Do: write the file, or name another option.
    """
    for path in repository.under(_ROOT, ".yaml"):
        content = repository.yaml(path)
        wanted = content.get("defaults") if isinstance(content, dict) else None
        for entry in wanted if isinstance(wanted, list) else ():
            missing = _missing(repository, path.parent, entry)
            if missing is not None:
                shown = str(missing.relative_to(_ROOT).with_suffix(""))
                line = line_of(repository, path, "defaults")
                yield Found(where=path, line=line, because=f"{shown} is not there")


def _missing(repository: Repository, folder: PurePosixPath, entry: Any) -> PurePosixPath | None:  # noqa: ANN401 - as YAML gives it
    if isinstance(entry, str):
        wanted, group = entry, folder
    elif isinstance(entry, dict) and len(entry) == 1:
        key, option = next(iter(entry.items()))
        words = str(key).split()
        if not isinstance(option, str) or words[0] == "optional" or "hydra/" in words[-1]:
            return None
        wanted = option
        name = words[-1].partition("@")[0]
        group = PurePosixPath(_ROOT, name[1:]) if name.startswith("/") else folder / name
    else:
        return None
    wanted = wanted.partition("@")[0]
    if wanted == "_self_" or "${" in wanted or not wanted:
        return None
    base = PurePosixPath(_ROOT, wanted[1:]) if wanted.startswith("/") else group / wanted
    file = base if base.suffix in (".yaml", ".yml") else PurePosixPath(f"{base}.yaml")
    there = repository.has(file) or str(file).startswith(f"{_ROOT}/hydra/")
    return None if there else file
