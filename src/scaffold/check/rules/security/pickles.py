"""Refuse pickles, which run code when they are read."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scaffold.check.edit import Fix, replace
from scaffold.check.rule import Found, rule
from scaffold.check.source import is_constant, keywords
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository
    from scaffold.check.source import Source

_READERS = frozenset(
    {
        *("pickle.load", "pickle.loads", "pickle.Unpickler"),
        *("cPickle.load", "cPickle.loads", "_pickle.load", "_pickle.loads"),
        *("dill.load", "dill.loads", "cloudpickle.load", "cloudpickle.loads"),
        *("joblib.load", "pandas.read_pickle"),
    }
)


_WRITERS = frozenset(
    {"pickle.dumps", "dill.dumps", "cloudpickle.dumps", "_pickle.dumps", "cPickle.dumps"}
)


def _its_own(source: Source, call: ast.Call) -> bool:
    """Whether it reads what was written in the same breath."""
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Call) and source.full_name(first.func) in _WRITERS


@rule("SEC002", "pickle-is-read", "P26", "P27", level=Level.WARNING, fixable=Fixable.UNSAFE)
def pickle_is_read(repository: Repository) -> Iterator[Found]:
    """A pickle is read, by `pickle` or by a library that wraps it.

    Why: whoever can change the file can run code here; and a pickle of an old class cannot be
    read by a new one.

    Do: keep arrays as safetensors or `.npz` without objects, and settings as JSON or TOML.
    """
    for path in repository.files:
        if path.suffix != ".py" or (source := repository.python(path)) is None:
            continue
        for name, call in source.calls:
            if name in _READERS and not _its_own(source, call):
                yield Found(where=path, line=call.lineno, because=f"{name} reads a pickle")
            elif name == "numpy.load":
                allowed = keywords(call).get("allow_pickle")
                if allowed is not None and is_constant(allowed, value=True):
                    edit = replace(source, allowed, "False")
                    yield Found(
                        where=path,
                        line=call.lineno,
                        because="numpy.load is told to read pickles",
                        fix=Fix(says="refuse pickles", changes=(edit,), safe=False),
                    )
