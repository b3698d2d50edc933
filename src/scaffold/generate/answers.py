"""Collect the answers that a person gave, and refuse what was not asked."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError
from scaffold.generate.names import check_text
from scaffold.generate.plain import read_plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scaffold.generate.questions import Form


def collect(settings: Sequence[str], file: Path | None = None) -> dict[str, Any]:
    """Merge the answers of a file with those of `--set`, which win."""
    answers = {} if file is None else read_plain(file)
    for setting in settings:
        name, given, value = setting.partition("=")
        if not given or not name.strip():
            raise ScaffoldError(
                f"{setting!r} is no answer", where="--set", remedy="write --set name=value"
            )
        answers[name.strip()] = value
    return answers


def fit(answers: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """Hold answers against the questions, and give them in the order of the questions."""
    known = {question.name: question for question in form.questions}
    for name, value in answers.items():
        if name not in known:
            raise ScaffoldError(
                f"nothing of this name is asked: {name!r}",
                where=f"answer {name}",
                remedy=_suggestion(name, form.names),
            )
        _check_texts(value, f"answer {name}")
        choices = known[name].choices
        if choices and not known[name].several and not _chosen(value, choices):
            raise ScaffoldError(
                f"{value!r} is no choice",
                where=f"answer {name}",
                remedy=_suggestion(str(value), [str(choice) for choice in choices]),
            )
    return {name: answers[name] for name in form.names if name in answers}


def _suggestion(given: str, known: Sequence[str]) -> str:
    near = get_close_matches(given, known, n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]!r}? One of: {', '.join(known)}"
    return f"use one of: {', '.join(known)}"


def _chosen(value: object, choices: Sequence[object]) -> bool:
    """Compare as Copier does, which takes texts for the values that they spell."""
    if any("{{" in str(choice) or "{%" in str(choice) for choice in choices):
        return True  # only the engine can tell
    return str(value).lower() in {str(choice).lower() for choice in choices}


def _check_texts(value: object, where: str) -> None:
    match value:
        case str():
            check_text(value, where)
        case list():
            for item in value:
                _check_texts(item, where)
        case dict():
            for key, item in value.items():
                _check_texts(key, where)
                _check_texts(item, where)
        case _:
            return
