"""Let a test run where there is no network."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from scaffold.check.edit import Fix, replace
from scaffold.check.rule import Found, rule
from scaffold.check.source import is_constant, keywords
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_REACHES = frozenset(
    {
        *(f"requests.{verb}" for verb in ("get", "post", "put", "head", "request")),
        *("urllib.request.urlopen", "urllib.request.urlretrieve", "wget.download"),
        *("httpx.get", "httpx.post", "torch.hub.load", "torch.hub.load_state_dict_from_url"),
        *("torch.hub.download_url_to_file", "huggingface_hub.hf_hub_download"),
        *("huggingface_hub.snapshot_download", "gdown.download"),
    }
)


@rule("TST003", "test-needs-the-network", "P26", fixable=Fixable.UNSAFE)
def test_needs_the_network(repository: Repository) -> Iterator[Found]:
    """A test downloads something.

    Why: it fails when a server is down, and passes on another file under the same address.

    Do: commit what it needs, or let a `make` target download it and compare its hash.
    """
    for source in repository.tests:
        for name, call in source.calls:
            if _is_here(call):
                continue
            switch = _switch(name, call)
            if name not in _REACHES and switch is None:
                continue
            fix = None
            if switch is not None:
                edit = replace(source, switch, "False")
                fix = Fix(says="download nothing", changes=(edit,), safe=False)
            yield Found(where=source.path, line=call.lineno, because=f"{name} downloads", fix=fix)


test_needs_the_network.__test__ = False  # type: ignore[attr-defined]


def _switch(name: str, call: ast.Call) -> ast.expr | None:
    """Give the argument that makes a call download, where there is one."""
    given = keywords(call)
    pretrained, download = given.get("pretrained"), given.get("download")
    if name.startswith(("timm.", "torchvision.models.")) and is_constant(pretrained, value=True):
        return pretrained
    if name.startswith("torchvision.datasets.") and is_constant(download, value=True):
        return download
    return None


def _is_here(call: ast.Call) -> bool:
    """Whether the address is of the machine that runs the test."""
    first = call.args[0] if call.args else keywords(call).get("url")
    text = ast.dump(first) if first is not None else ""
    return any(name in text for name in ("127.0.0.1", "localhost", "[::1]"))
