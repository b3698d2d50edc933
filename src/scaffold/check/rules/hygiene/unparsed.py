"""Keep files that are what their name says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.reading import LARGEST, as_json, as_toml, broken, is_yaml
from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_READERS = {".toml": as_toml, ".json": as_json}
_COMMENTED = ("tsconfig", "devcontainer", "launch.json", "settings.json", "jsconfig")


@rule("HYG009", "file-does-not-parse", "P14", "P62")
def file_does_not_parse(repository: Repository) -> Iterator[Found]:
    """A Python, TOML, YAML or JSON file cannot be read.

    Why: no rule, no linter and no program can look at it; a test that is not collected is green.

    Do: mend the place that is named.
    """
    for path in repository.files:
        size = repository.entries[str(path)].size
        if size > LARGEST and path.suffix in (".py", ".toml", ".yaml", ".yml"):
            said = f"has {size:,} bytes and is not read: {LARGEST:,} are the most"
            yield Found(where=path, because=said)
        elif path.suffix == ".py":
            content = repository.content(path)
            if content is not None and repository.python(path) is None:
                line, said = broken(content)
                yield Found(where=path, line=line, because=f"is no Python: {said}")
        elif path.suffix in _READERS and not path.name.startswith(_COMMENTED):
            text = repository.text(path)
            read = repository.json if path.suffix == ".json" else repository.toml
            filled = text is not None and text.strip() not in ("", "null")
            if not filled or text is None or read(path) or _only_comments(text):
                continue
            if _READERS[path.suffix](text) is None:
                yield Found(where=path, because=f"is no {path.suffix[1:].upper()}")
        elif path.suffix in (".yaml", ".yml") and path.parts[0] in (
            "configs",
            "results",
            ".github",
        ):
            text = repository.text(path)
            blank = text is None or _only_comments(text)
            if not blank and repository.yaml(path) is None and not is_yaml(text or ""):
                yield Found(where=path, because="is no YAML")


def _only_comments(text: str) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines())
