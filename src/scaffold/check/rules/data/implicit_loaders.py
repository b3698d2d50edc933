"""Say in which order samples come, and what becomes of the last batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import Fix, add_argument
from scaffold.check.rule import Found, rule
from scaffold.check.source import is_open, keywords
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_LOADER = "torch.utils.data.DataLoader"


@rule("DAT002", "loader-leaves-order-open", "P13", "P40", level=Level.WARNING, fixable=Fixable.SAFE)
def loader_leaves_order_open(repository: Repository) -> Iterator[Found]:
    """A `DataLoader` does not say whether it shuffles, or whether it drops the last short batch.

    Why: a reference that drops it makes another number of steps, and BatchNorm sees another batch.

    Do: write `shuffle=` (or a sampler) and `drop_last=`.
    """
    for source in repository.own:
        for name, call in source.calls:
            if name not in (_LOADER, "torch.utils.data.dataloader.DataLoader") or is_open(call):
                continue
            given = keywords(call)
            if "batch_sampler" in given:
                continue
            absent = []
            if not {"shuffle", "sampler"} & set(given) and len(call.args) < 3:  # noqa: PLR2004
                absent.append("shuffle=False")
            if "drop_last" not in given:
                absent.append("drop_last=False")
            if absent:
                text = ", ".join(absent)
                edit = add_argument(source, call, text)
                said = " and ".join(one.partition("=")[0] for one in absent)
                yield Found(
                    where=source.path,
                    line=call.lineno,
                    because=f"the loader leaves {said} open",
                    fix=None if edit is None else Fix(says=f"write {text}", changes=(edit,)),
                )
