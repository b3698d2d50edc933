"""Keep goldens in a form that runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".bin", ".joblib")


@rule("PAR002", "golden-is-a-pickle", "P27")
def golden_is_a_pickle(repository: Repository) -> Iterator[Found]:
    """A golden is kept in a format that runs code when it is read.

    Why: goldens come from elsewhere by their nature; and a pickle needs the class it was made of.

    Do: record it again; goldens are safetensors.
    """
    for path in repository.under("goldens", *_PICKLES):
        yield Found(where=path, because=f"{path.suffix} is a pickle")
