"""Read YAML without building objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import Fix, replace
from scaffold.check.rule import Found, rule
from scaffold.check.source import is_open, keywords
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from scaffold.check.repository import Repository
    from scaffold.check.source import Source

_LOADS = frozenset({"yaml.load", "yaml.load_all"})
_UNSAFE = frozenset({"yaml.unsafe_load", "yaml.full_load", "yaml.unsafe_load_all"})


@rule("SEC008", "yaml-builds-objects", "P14", fixable=Fixable.SAFE)
def yaml_builds_objects(repository: Repository) -> Iterator[Found]:
    """YAML is read by a loader that builds any object that the file names.

    Why: a configuration becomes a program; settings are data.

    Do: use `yaml.safe_load`.
    """
    for path in repository.files:
        if path.suffix != ".py" or (source := repository.python(path)) is None:
            continue
        for name, call in source.calls:
            if name in _LOADS and _loader(source, call) is not None:
                said = f"{name} with {_loader(source, call) or 'no loader'}"
            elif name in _UNSAFE:
                said = name
            else:
                continue
            yield Found(
                where=path,
                line=call.lineno,
                because=f"{said} builds objects",
                fix=_fix(source, call),
            )


def _loader(source: Source, call: ast.Call) -> str | None:
    """Give the name of the loader where it is none of the safe ones; empty where none is said."""
    if is_open(call):
        return None
    given = keywords(call).get("Loader") or (call.args[1] if len(call.args) > 1 else None)
    if given is None:
        return ""
    name = source.full_name(given)
    known = name.startswith("yaml.") and name.endswith("Loader")
    return name if known and "Safe" not in name and "Base" not in name else None


def _fix(source: Source, call: ast.Call) -> Fix | None:
    if len(call.args) != 1 or set(keywords(call)) - {"Loader"} or "all" in ast_name(call):
        return None
    start, end = source.span(call.args[0])
    argument = source.content[start:end].decode("utf-8", "replace")
    module = source.content[slice(*source.span(call.func))].decode().rpartition(".")[0]
    if not module:
        return None
    edit = replace(source, call, f"{module}.safe_load({argument})")
    return Fix(says="read data only", changes=(edit,))


def ast_name(call: ast.Call) -> str:
    """Give the last word of what is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))
