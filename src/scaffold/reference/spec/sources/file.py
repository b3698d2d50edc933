"""Make a model with a factory of a file; its neighbours can be imported by name."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.reference.spec.factory import Factory, refuse_dotted
from scaffold.reference.spec.failures import explained
from scaffold.reference.spec.sources.python import find

if TYPE_CHECKING:
    from scaffold.reference.spec.spec import Spec


def factory(spec: Spec) -> Factory:
    """Find a factory in a file.

    Raises:
        ScaffoldError: There is no such file, it raises, or it has no such factory.
    """
    from scaffold.trace.isolation import PREFIX, Isolation  # noqa: PLC0415 - as late as torch

    refuse_dotted(spec)
    path = Path(spec.module)
    if not path.is_file() or path.suffix != ".py":
        raise ScaffoldError(
            "is no python file" if path.exists() else "there is no such file",
            where=str(path),
            remedy="write file:PATH.py:FACTORY, with the path as seen from the working folder",
        )
    path = path.resolve()
    isolation = Isolation(path.parent)
    name = PREFIX + hashlib.blake2b(str(path).encode(), digest_size=6).hexdigest()
    try:
        module = isolation.load(path, name=name)
    except ScaffoldError as error:
        if error.__cause__ is None:
            raise
        doing = f"importing {path.name}"
        raise explained(error.__cause__, spec=spec.text, doing=doing, reached=()) from error
    function = find(module, spec)
    given = dict(spec.arguments)
    return Factory(
        make=lambda: function(**given),
        builder=f"{path.name}:{spec.factory}",
        imports=isolation,
        home=path.parent,
    )
