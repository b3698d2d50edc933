"""Turn weights of the reference into ours, and back.

    python -m <package>.conversion.convert to-ours THEIRS.safetensors OURS.safetensors
    python -m <package>.conversion.convert to-theirs OURS.safetensors THEIRS.safetensors

Driven by `weights.map.toml` alone and strict in both directions: every key is used exactly once, every shape is
that of the configured model, and what was converted converts back to the bit; or nothing is written.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from hydra.utils import instantiate
from safetensors.torch import load_file, save_file
from scaffold.core.errors import ScaffoldError
from scaffold.parity.weightmap import WeightMap

from ..training.run import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

MAP = Path(__file__).with_name("weights.map.toml")


def to_ours(theirs: Path, ours: Path, *overrides: str) -> None:
    """Convert the reference's weights; `overrides` choose the model, as in `model=vit_twin`."""
    source, weights = load_file(theirs), WeightMap.read(MAP)
    made = weights.to_ours(source, like=_configured(overrides))
    _same(weights.to_theirs(made), source)
    _write(made, ours)


def to_theirs(ours: Path, theirs: Path, *overrides: str) -> None:
    """Convert our weights into a file that the reference can load."""
    source, weights, like = load_file(ours), WeightMap.read(MAP), _configured(overrides)
    made = weights.to_theirs(source)
    _same(weights.to_ours(made, like=like), source)
    _write(made, theirs)


def _configured(overrides: tuple[str, ...]) -> Mapping[str, Tensor]:
    """Give the names and shapes of the model as it is configured."""
    return instantiate(settings("train", *overrides, "paths.output=unused").model).state_dict()


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


def _write(tensors: Mapping[str, Tensor], path: Path) -> None:
    beside = path.with_name(f".{path.name}.writing")
    save_file(dict(tensors), beside)
    beside.replace(path)


if __name__ == "__main__":
    direction, source, target, *rest = sys.argv[1:]
    try:
        {"to-ours": to_ours, "to-theirs": to_theirs}[direction](Path(source), Path(target), *rest)
    except ScaffoldError as error:
        sys.stderr.write(f"convert: {error}\n")
        sys.exit(2)
