"""Run the ladder where every push runs it."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.check.edit import Create, Fix
from scaffold.check.facts.documents import append
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_FOLDER = PurePosixPath("tests/parity")


FIXTURES = {
    "structure": "structure_item",
    "weights": "weights_item",
    "forward": "forward_part",
    "loss": "loss_term",
    "backward": "backward_part",
    "gradient": "gradient_of",
    "train": "train_part",
    "optimizer": "optimizer_item",
    "schedule": "schedule_item",
    "state": "state_item",
    "init": "init_item",
    "data": "data_step",
    "metrics": "metric_item",
    "trace": "trace_item",
}
"""The fixture by which a test takes the items of a rung, one test per item."""


@rule("PAR011", "rung-not-tested", "P28", "P29", "P32", fixable=Fixable.SAFE)
def rung_not_tested(repository: Repository) -> Iterator[Found]:
    """No test of `tests/parity/` runs a rung of the parity ladder.

    Why: parity that is looked at by hand was last looked at before the change that broke it.

    Do: write a test that takes the rung's fixture, as the house renders it:
    `def test_forward(forward_part): forward_part.check()`.
    """
    if "bundle" not in repository.section("parity"):
        return
    taken = {
        argument.arg
        for source in repository.sources(str(_FOLDER))
        for node in source.all(ast.FunctionDef)
        if node.name.startswith("test_")
        for argument in node.args.args
    }
    absent = [rung for rung, fixture in FIXTURES.items() if fixture not in taken]
    if absent:
        path = _FOLDER / "test_ladder.py"
        tests = "\n\n".join(_test(rung) for rung in absent)
        if repository.has(path):
            fix = append(repository, path, f"\n\n{tests}", "write them")
        else:
            text = f'"""The parity ladder: is this the model of the reference?"""\n\n\n{tests}'
            fix = Fix(says="write them", changes=(Create(path=path, content=text.encode()),))
        yield Found(where=_FOLDER, because=f"runs no test of {', '.join(absent)}", fix=fix)


def _test(rung: str) -> str:
    fixture = FIXTURES[rung]
    return f"def test_{rung}({fixture}):\n    {fixture}.check()\n"
