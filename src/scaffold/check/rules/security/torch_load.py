"""Refuse to read a pickle where weights are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import Fix, add_argument, replace
from scaffold.check.rule import Found, rule
from scaffold.check.source import is_constant, is_open, keywords
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("SEC001", "torch-load-runs-code", "P53", fixable=Fixable.SAFE)
def torch_load_runs_code(repository: Repository) -> Iterator[Found]:
    """`torch.load` is called without `weights_only=True`.

    Why: a checkpoint is a pickle, and a pickle runs code when it is read. Before torch 2.6 that
    was the default.

    Do: pass `weights_only=True`, or keep weights as safetensors.
    """
    for path in repository.files:
        if path.suffix != ".py" or (source := repository.python(path)) is None:
            continue
        for name, call in source.calls:
            if name != "torch.load" or is_open(call):
                continue
            given = keywords(call).get("weights_only")
            if is_constant(given, value=True):
                continue
            if given is None:
                edit, said = add_argument(source, call, "weights_only=True"), "is not said"
            elif is_constant(given, value=False):
                edit, said = replace(source, given, "True"), "is False"
            else:
                continue
            fix = None if edit is None else Fix(says="read weights only", changes=(edit,))
            yield Found(
                where=path, line=call.lineno, because=f"weights_only {said} in torch.load", fix=fix
            )
