"""Turn weights of the reference into ours, and back.

    python -m <package>.conversion.convert to-ours THEIRS OURS [model=...]
    python -m <package>.conversion.convert to-theirs OURS THEIRS [model=...]

A file is safetensors (or the index of several) or one of `torch.save`, by its suffix; of the latter nothing but
tensors is loaded. Driven by `weights.map.toml` alone and strict in both directions: every key is used exactly once,
every shape is that of the configured model, and what was converted converts back to the bit; or nothing is written.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from hydra.utils import instantiate
from scaffold.core.errors import ScaffoldError
from scaffold.parity.checkpoint import read_weights, with_tied, write_weights
from scaffold.parity.weightmap import WeightMap
from scaffold.trace.tied import tied

from ..training.run import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

MAP = Path(__file__).with_name("weights.map.toml")


def to_ours(theirs: Path, ours: Path, *overrides: str) -> None:
    """Convert the reference's weights; `overrides` choose the model, as in `model=vit_twin`."""
    weights, model = WeightMap.read(MAP), _configured(overrides)
    source = with_tied(read_weights(theirs), _tied(model, weights))
    made = weights.to_ours(source, like=model.state_dict())
    _same(weights.to_theirs(made), source)
    write_weights(made, ours)


def to_theirs(ours: Path, theirs: Path, *overrides: str) -> None:
    """Convert our weights into a file that the reference can load."""
    weights, model = WeightMap.read(MAP), _configured(overrides)
    source = with_tied(read_weights(ours), tied(model))
    made = weights.to_theirs(source)
    _same(weights.to_ours(made, like=model.state_dict()), source)
    write_weights(made, theirs)


def _configured(overrides: tuple[str, ...]) -> nn.Module:
    """Build the model as it is configured."""
    model: nn.Module = instantiate(settings("train", *overrides, "paths.output=unused").model)
    return model


def _tied(model: nn.Module, weights: WeightMap) -> list[list[str]]:
    """Give the names that the reference has for each tensor of ours that has several."""
    return [
        [theirs for name in names for theirs in weights.names_to_theirs(name)]
        for names in tied(model)
    ]


def _same(back: Mapping[str, Tensor], source: Mapping[str, Tensor]) -> None:
    other = [
        name for name in source if name not in back or not torch.equal(back[name], source[name])
    ]
    if other:
        raise ScaffoldError(
            f"`{other[0]}` does not come back as it was",
            where=str(MAP),
            remedy="mend the row that names it: every step needs its inverse",
        )


if __name__ == "__main__":
    direction, source, target, *rest = sys.argv[1:]
    try:
        {"to-ours": to_ours, "to-theirs": to_theirs}[direction](Path(source), Path(target), *rest)
    except ScaffoldError as error:
        sys.stderr.write(f"convert: {error}\n")
        sys.exit(2)
