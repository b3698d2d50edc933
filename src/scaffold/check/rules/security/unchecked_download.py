"""Know that the weights that arrive are the weights that were meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.check.edit import Fix, add_argument
from scaffold.check.rule import Found, rule
from scaffold.check.source import is_constant, is_open, keywords
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_DOWNLOADS = frozenset({"torch.hub.load_state_dict_from_url", "torch.utils.model_zoo.load_url"})


@rule("SEC012", "download-without-hash", "P02", "P59", level=Level.WARNING, fixable=Fixable.UNSAFE)
def download_without_hash(repository: Repository) -> Iterator[Found]:
    """Weights are downloaded and their hash is not looked at.

    Why: another file under the same address is another reference, and nobody would notice.

    Do: pass `check_hash=True`, with the hash in the file's name, or compare a sha256.
    """
    for source in repository.own:
        for name, call in source.calls:
            if name not in _DOWNLOADS or is_open(call):
                continue
            if is_constant(keywords(call).get("check_hash"), value=True):
                continue
            edit = (
                None
                if "check_hash" in keywords(call)
                else add_argument(source, call, "check_hash=True")
            )
            fix = (
                None if edit is None else Fix(says="compare the hash", changes=(edit,), safe=False)
            )
            yield Found(
                where=source.path, line=call.lineno, because=f"{name} checks no hash", fix=fix
            )
