"""Know what a house asks, before any engine is started."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError
from scaffold.generate.plain import read_plain
from scaffold.house.table import Engine, House

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question of a house."""

    name: str
    kind: str = "str"
    default: Any = None
    """A template where it is a text with `{{`."""
    choices: tuple[Any, ...] = ()
    several: bool = False
    help: str = ""
    when: str | bool = True
    validator: str = ""
    secret: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """The questions of a house in their order, and its engine's settings."""

    source: Path
    questions: tuple[Question, ...]
    settings: Mapping[str, Any]
    """Without the underscore that marks them in the file."""

    @property
    def names(self) -> tuple[str, ...]:
        """What is asked."""
        return tuple(question.name for question in self.questions)


def read_form(house: House) -> Form:
    """Read the questions of a house."""
    if house.engine is Engine.COPIER:
        return _copier(house)
    return _cookiecutter(house)


def _copier(house: House) -> Form:
    root = house.root
    found = [root / name for name in ("copier.yml", "copier.yaml") if (root / name).is_file()]
    if len(found) > 1:
        raise ScaffoldError(
            "has both a copier.yml and a copier.yaml",
            where=house.place(),
            remedy="keep one of them",
        )
    content = read_plain(found[0], named=house.place(found[0].name))
    return Form(
        source=found[0],
        settings={key[1:]: value for key, value in content.items() if key.startswith("_")},
        questions=tuple(
            _copier_question(name, details)
            for name, details in content.items()
            if not name.startswith("_")
        ),
    )


def _copier_question(name: str, details: Any) -> Question:  # noqa: ANN401 - any plain value
    if not isinstance(details, dict):
        return Question(name=name, kind=_kind(details), default=details)
    default = details.get("default")
    return Question(
        name=name,
        kind=str(details.get("type", _kind(default))),
        default=default,
        choices=_choices(details.get("choices", ())),
        several=bool(details.get("multiselect", False)),
        help=str(details.get("help", "")),
        when=details.get("when", True),
        validator=str(details.get("validator", "")),
        secret=bool(details.get("secret", False)),
    )


def _kind(value: object) -> str:
    return type(value).__name__ if isinstance(value, bool | int | float | str) else "yaml"


def _choices(given: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any plain value
    """Give the values that can be chosen, without their labels."""
    if isinstance(given, dict):
        given = list(given.items())
    if not isinstance(given, list):
        return ()
    values = [item[1] if isinstance(item, list | tuple) else item for item in given]
    return tuple(value.get("value") if isinstance(value, dict) else value for value in values)


def _cookiecutter(house: House) -> Form:
    source = house.root / "cookiecutter.json"
    content = read_plain(source, named=house.place(source.name))
    return Form(
        source=source,
        settings={key[1:]: value for key, value in content.items() if key.startswith("_")},
        questions=tuple(
            _cookiecutter_question(name, value)
            for name, value in content.items()
            if not name.startswith("_")
        ),
    )


def _cookiecutter_question(name: str, value: Any) -> Question:  # noqa: ANN401 - any plain value
    if isinstance(value, list) and value:
        return Question(name=name, default=value[0], choices=tuple(value))
    return Question(name=name, kind=_kind(value), default=value)
