"""Fill the template of a page that asks nothing of a network."""

from __future__ import annotations

from importlib.resources import files


def filled(package: str, name: str, **values: object) -> str:
    """Give a page.

    Args:
        package: Where its template lies.
        name: The file of the template.
        values: What it speaks of; every text is escaped.
    """
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - no other form pays for it

    source = files(package).joinpath(name).read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    return environment.from_string(source).render(values)
