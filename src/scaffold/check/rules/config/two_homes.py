"""Keep every hyper-parameter in one place."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from scaffold.check.edit import as_unsafe
from scaffold.check.facts.yamls import line_of, on_line
from scaffold.check.rule import Found, rule
from scaffold.core.findings import Fixable, Level

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from scaffold.check.repository import Repository

_WATCHED = frozenset(
    {
        *("lr", "learning_rate", "weight_decay", "betas", "eps", "momentum", "label_smoothing"),
        *("batch_size", "max_epochs", "epochs", "warmup_share", "warmup_steps", "image_size"),
        *("width", "depth", "heads", "num_layers", "num_heads", "hidden_size", "dropout", "gamma"),
        *("patch_size", "num_classes", "classes", "ema_decay", "gradient_clip_val", "clip_norm"),
    }
)


@rule("CFG007", "two-homes", "P14", level=Level.WARNING, fixable=Fixable.UNSAFE)
def two_homes(repository: Repository) -> Iterator[Found]:
    """One hyper-parameter has two values in two groups of the configuration.

    Why: whoever changes one of them believes to have changed the training.

    Do: keep one, and refer to it from the other: `${optimizer.lr}`.
    """
    values: dict[str, dict[str, list[tuple[PurePosixPath, Any]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for path in repository.under("configs", ".yaml", ".yml"):
        content = repository.yaml(path)
        group = path.parts[1] if len(path.parts) > 2 else "."  # noqa: PLR2004 - configs/group/x
        if not isinstance(content, dict) or group in ("experiment", "hparams_search", "debug"):
            continue
        for key, value in content.items():
            if key in _WATCHED and isinstance(value, (int, float, list)):
                values[key][group].append((path, value))
    for key, groups in values.items():
        if len(groups) < 2:  # noqa: PLR2004 - two homes
            continue
        everything = [one for group in groups.values() for one in group]
        first, *others = sorted(everything, key=lambda pair: str(pair[0]))
        for path, value in others:
            if value != first[1] and path.parts[1] != first[0].parts[1]:
                line = line_of(repository, path, key)
                other = f"${{{first[0].parts[1]}.{key}}}"
                fix = on_line(repository, path, line, str(value), other, "refer") if line else None
                yield Found(
                    where=path,
                    line=line,
                    fix=as_unsafe(fix) if len(first[0].parts) > 2 else None,  # noqa: PLR2004
                    because=f"{key} is {value} here and {first[1]} in {first[0]}",
                )
