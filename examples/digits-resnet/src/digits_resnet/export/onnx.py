"""Write a trained network as ONNX: `python -m <package>.export.onnx [RUN]`. Needs the extra `export`."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from hydra.utils import instantiate
from torch.utils.data import default_collate

from ..training.eval import newest_run, settings_of, weights_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor, nn

OPSET = 20
"""The first with GELU as one operation."""


def export(network: nn.Module, inputs: Sequence[Tensor], file: Path) -> None:
    """Write a network for batches of any size; weights are kept inside the one file."""
    network.eval()
    batch = torch.export.Dim("batch")
    torch.onnx.export(
        network,
        tuple(inputs),
        file,
        dynamo=True,
        external_data=False,
        verbose=False,
        opset_version=OPSET,
        dynamic_shapes=tuple({0: batch} for _ in inputs),
    )


def export_run(run: Path) -> Path:
    """Export the last checkpoint of a training, into its folder."""
    cfg = settings_of(run)
    network = instantiate(cfg.model)
    network.load_state_dict(weights_of(run, "last"), strict=True)
    test = instantiate(cfg.data).splits.test
    inputs, _ = default_collate([test[0], test[1]])
    file = run / "model.onnx"
    export(network, inputs, file)
    return file


if __name__ == "__main__":
    # It misses torchvision, which is not needed.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    sys.stdout.write(f"{export_run(Path(sys.argv[1]) if sys.argv[1:] else newest_run())}\n")
