"""Turn a file of the reference's weights into one of ours: `python -m <package>.conversion.convert THEIRS OURS`."""

from __future__ import annotations

import sys
from pathlib import Path

from safetensors.torch import load_file, save_file
from scaffold.parity.weightmap import WeightMap

MAP = Path(__file__).with_name("weights.map.toml")


def convert(theirs: Path, ours: Path) -> None:
    """Convert a safetensors file. Every key is used exactly once, or nothing is written."""
    save_file(WeightMap.read(MAP).to_ours(load_file(theirs)), ours)


if __name__ == "__main__":
    convert(*map(Path, sys.argv[1:3]))
