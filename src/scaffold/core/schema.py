"""Derive the JSON schema of a document from the dataclass that it holds."""

from __future__ import annotations

import ast
import inspect
import textwrap
import types
from dataclasses import MISSING, fields, is_dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from scaffold.core.written import hints

if TYPE_CHECKING:
    from enum import Enum

_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean"}


def schema_of(kind: type, *, title: str, description: str, document: str) -> dict[str, Any]:
    """Give the JSON schema of a document that is one value of a dataclass.

    Args:
        kind: The dataclass; one of its fields is `schema`, the version.
        title: What the document is called.
        description: Where it comes from.
        document: What stands under `kind` in it.
    """
    inner: dict[str, Any] = {}
    form = _object(kind, inner)
    form["properties"] = {"kind": {"const": document}, **form["properties"]}
    form["required"] = ["kind", *form["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": description,
        **{name: part for name, part in form.items() if name != "description"},
        "$defs": {name: inner[name] for name in sorted(inner)},
    }


def _object(kind: type, inner: dict[str, Any]) -> dict[str, Any]:
    said = _said(kind)
    known = hints(kind)
    return {
        "description": (kind.__doc__ or "").splitlines()[0],
        "type": "object",
        "required": [
            field.name
            for field in fields(kind)
            if field.default is MISSING and field.default_factory is MISSING
        ],
        "properties": {
            name: {**_form(hint, inner), **({"description": said[name]} if name in said else {})}
            for name, hint in known.items()
        },
    }


def _form(hint: Any, inner: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - a type hint
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_form(one, inner) for one in arguments]}
    if origin is tuple:
        return {"type": "array", "items": _form(arguments[0], inner)}
    if hint is type(None):
        return {"type": "null"}
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if hint.__name__ not in inner:
        inner[hint.__name__] = {}  # a class may hold itself
        plain: type = hint
        inner[plain.__name__] = _object(plain, inner) if is_dataclass(hint) else _enumeration(hint)
    return {"$ref": f"#/$defs/{hint.__name__}"}


def _enumeration(kind: type[Enum]) -> dict[str, Any]:
    description = (kind.__doc__ or "").splitlines()[0]
    return {"description": description, "enum": [one.value for one in kind]}


def _said(kind: type) -> dict[str, str]:
    """Give the sentence below each field of a class."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    found: dict[str, str] = {}
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    for field, below in pairwise(body):
        text = below.value if isinstance(below, ast.Expr) else None
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Constant)
        ):
            found[field.target.id] = " ".join(str(text.value).split())
    return found
