"""The Jinja environments in which a Cookiecutter house is rendered."""

from __future__ import annotations

from typing import Any

from cookiecutter.environment import StrictEnvironment
from jinja2 import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from scaffold.core.errors import ScaffoldError


class ValueEnvironment(ImmutableSandboxedEnvironment, StrictEnvironment):  # type: ignore[misc]
    """cookiecutter's environment in Jinja's sandbox, for defaults and the text of files."""


class PathEnvironment(ValueEnvironment):
    """The same where cookiecutter makes templates of paths: a name gives exactly one name."""

    def from_string(self, source: Any, *args: Any, **kwargs: Any) -> Template:  # noqa: ANN401
        """Make a template whose result must have as many parts as its source."""
        return _PathTemplate.of(super().from_string(source, *args, **kwargs), str(source))


class _PathTemplate(Template):
    """Render a path, and refuse a result that leads elsewhere."""

    _path: str

    @classmethod
    def of(cls, template: Template, source: str) -> Template:
        template.__class__ = cls
        template._path = source  # type: ignore[attr-defined]  # noqa: SLF001 - ours, just made
        return template

    def render(self, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401
        result = super().render(*args, **kwargs)
        before, after = self._path.split("/"), result.split("/")
        fits = len(before) == len(after) and not any(
            "\\" in part or "\0" in part or (part != old and part in (".", ".."))
            for old, part in zip(before, after, strict=False)
        )
        if not fits:
            raise ScaffoldError(
                f"becomes {result!r}, which lies elsewhere",
                where=f"path {self._path!r} of the house",
                remedy="let each folder and file name of a template give one name",
            )
        return result
