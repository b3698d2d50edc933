"""Guess the inputs of image models: timm, torchvision, and detection models of torchvision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import nn

from scaffold.core.blueprint import Input, InputKind
from scaffold.reference.blueprint.inputs.signature import first_parameter

if TYPE_CHECKING:
    Rows = tuple[Input, ...]

BATCH = 2
"""Two samples: a batch norm in training mode refuses one."""
CLIP = 16
"""Frames of a clip, as the video models of torchvision were trained on."""
_SCENES = ((96, 128), (128, 96))
"""Two sizes, because a detection model takes images of any; it scales them itself."""
_KEYPOINTS = 17


def candidates(model: nn.Module, size: tuple[int, ...] = ()) -> list[Rows]:
    """Give what an image model may take; nothing for what is none.

    Args:
        model: Any module.
        size: Channels, height and width, where metadata tell of them.
    """
    home = type(model).__module__
    if home.startswith("torchvision.models.detection"):
        return [scenes(model)]
    if home.startswith("torchvision.models.optical_flow"):
        return [tuple(_image(name, 128) for name in ("image1", "image2"))]
    if home.startswith("torchvision.models"):
        return _of_torchvision(model, size)
    configured = _from_config(model)
    return [configured] if configured else []


def _of_torchvision(model: nn.Module, size: tuple[int, ...]) -> list[Rows]:
    name = first_parameter(model)
    _, height, width = size if len(size) == 3 else (3, 224, 224)  # noqa: PLR2004 - CHW
    shape: tuple[int, ...] = (BATCH, 3, height, width)
    if any(isinstance(part, nn.Conv3d) for part in model.modules()):
        shape = (BATCH, 3, CLIP, height, width)
    return [(Input(name=name, shape=shape, dtype="float32", kind=InputKind.IMAGE),)]


def _from_config(model: nn.Module) -> Rows:
    """Read the size that timm, and whoever follows it, writes beside a model."""
    config: Any = getattr(model, "pretrained_cfg", None) or getattr(model, "default_cfg", None)
    size = config.get("input_size") if hasattr(config, "get") else None
    if not size:
        return ()
    channels, height, width = size
    first = next((part for part in model.modules() if isinstance(part, nn.Conv2d)), None)
    if first is not None:
        channels = first.in_channels if first.in_channels in (1, 3, 4) else channels
    embed = getattr(model, "patch_embed", None)
    own = getattr(embed, "img_size", None)
    if isinstance(own, tuple) and len(own) == 2:  # noqa: PLR2004 - height and width
        height, width = own
    name = first_parameter(model)
    shape = (BATCH, channels, height, width)
    return (Input(name=name, shape=shape, dtype="float32", kind=InputKind.IMAGE),)


def _image(name: str, size: int) -> Input:
    shape = (BATCH, 3, size, size)
    return Input(name=name, shape=shape, dtype="float32", kind=InputKind.IMAGE)


def scenes(model: nn.Module) -> Rows:
    """Give images of different sizes with numbers in [0, 1], and a target for each in training."""
    rows: list[Input] = []
    for place, (height, width) in enumerate(_SCENES):
        rows.append(
            Input(
                name="images",
                path=str(place),
                shape=(3, height, width),
                dtype="float32",
                kind=InputKind.IMAGE,
                low=0.0,
                high=1.0,
            )
        )
    for place, (height, width) in enumerate(_SCENES):
        rows += _targets(model, place, height, width)
    return tuple(rows)


def _targets(model: nn.Module, place: int, height: int, width: int) -> list[Input]:
    def row(
        path: str,
        shape: tuple[int, ...],
        dtype: str,
        kind: InputKind,
        bounds: tuple[float, float] | None,
    ) -> Input:
        low, high = bounds or (None, None)
        return Input(
            name="targets",
            path=f"{place}.{path}",
            shape=shape,
            dtype=dtype,
            kind=kind,
            low=low,
            high=high,
            training=True,
        )

    rows = [
        row("boxes", (2, 4), "float32", InputKind.BOXES, (0, min(height, width))),
        row("labels", (2,), "int64", InputKind.CLASSES, (1, 1)),
    ]
    heads = getattr(model, "roi_heads", None)
    if getattr(heads, "mask_head", None) is not None:
        rows.append(row("masks", (2, height, width), "uint8", InputKind.CLASSES, (0, 1)))
    if getattr(heads, "keypoint_head", None) is not None:
        points = (2, _KEYPOINTS, 3)
        rows.append(row("keypoints", points, "float32", InputKind.REAL, (1, min(height, width))))
    return rows
