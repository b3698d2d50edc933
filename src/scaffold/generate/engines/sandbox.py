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
    """The same where cookiecutter makes templates of paths: each stays inside."""

    def from_string(self, source: Any, *args: Any, **kwargs: Any) -> Template:  # noqa: ANN401
        """Make a template whose result must stay where its source is."""
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
        climbs = ".." in result.split("/") and ".." not in self._path.split("/")
        jumps = result.startswith("/") and not self._path.startswith("/")
        if climbs or jumps or "\\" in result or "\0" in result:
            raise ScaffoldError(
                f"becomes {_shown(result)!r}, which lies elsewhere",
                where=f"path {_shown(self._path)!r} of the house",
                remedy="let the names of folders and files give names inside the repository",
            )
        return result


def _shown(path: str) -> str:
    """Leave out where cookiecutter works, which it puts before the name of a folder."""
    return path.rpartition("/./")[2]
