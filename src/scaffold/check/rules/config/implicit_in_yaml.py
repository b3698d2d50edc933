"""Write out, in the configuration too, the numbers that a framework would choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.check.facts.defaults import DEFAULTS, NUMBERS_ONLY
from scaffold.check.facts.yamls import insert_line, line_of
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository


@rule("CFG002", "implicit-default-in-config", "P13", "P35", fixable=Fixable.SAFE)
def implicit_default_in_config(repository: Repository) -> Iterator[Found]:
    """A configuration builds an optimizer or a layer and leaves its numbers to the framework.

    Why: the weight decay of AdamW is 0.01 in torch and 0.0 elsewhere; who reads the configuration
    sees neither.

    Do: write every number out.
    """
    for path in repository.under("configs", ".yaml", ".yml"):
        content = repository.yaml(path)
        if not isinstance(content, dict) or "_args_" in content or "defaults" in content:
            continue
        known = DEFAULTS.get(_target(content))
        absent = [
            one for one in known or () if one.name in NUMBERS_ONLY and one.name not in content
        ]
        if absent:
            at = line_of(repository, path, "_target_") or 1
            text = "\n".join(f"{one.name}: {_as_yaml(one.text)}" for one in absent)
            fix = insert_line(repository, path, at, text, "write the numbers out")
            yield Found(
                where=path,
                line=at,
                because=f"leaves {', '.join(one.name for one in absent)} to the framework",
                fix=fix,
            )


def _target(content: dict[str, Any]) -> str:
    target = str(content.get("_target_", ""))
    head, _, last = target.rpartition(".")
    parts = head.split(".")
    return f"torch.optim.{last}" if parts[:2] == ["torch", "optim"] else target


def _as_yaml(text: str) -> str:
    """Write a number so that every reader of YAML takes it for one."""
    return text.replace("(", "[").replace(")", "]").replace("1e-", "1.0e-")
