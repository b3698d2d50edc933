"""Models of torchvision whose factories fix their sizes, built small from its own classes.

Whoever makes a repository around one of them writes a factory like these, and names it with
`file:`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from torch import nn
from torchvision.models import ConvNeXt, EfficientNet, RegNet, mobilenet_v3_small
from torchvision.models.convnext import CNBlockConfig
from torchvision.models.detection import FCOS, FasterRCNN, MaskRCNN, RetinaNet
from torchvision.models.detection.anchor_utils import AnchorGenerator, DefaultBoxGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor
from torchvision.models.detection.ssd import SSD
from torchvision.models.efficientnet import MBConvConfig
from torchvision.models.regnet import BlockParams
from torchvision.models.segmentation import FCN, LRASPP, DeepLabV3
from torchvision.models.segmentation.deeplabv3 import DeepLabHead
from torchvision.models.segmentation.fcn import FCNHead
from torchvision.ops import MultiScaleRoIAlign

if TYPE_CHECKING:
    from collections.abc import Callable

CLASSES, SIDE, WIDTH, HIDDEN, POOLED = 3, 64, 16, 32, 4
GROUPS = 32
"""FCOS normalises in so many groups."""


def convnext() -> nn.Module:
    """Two stages of ConvNeXt."""
    settings = [CNBlockConfig(8, 16, 2), CNBlockConfig(16, None, 2)]
    return ConvNeXt(settings, stochastic_depth_prob=0.1, num_classes=CLASSES)


def efficientnet() -> nn.Module:
    """Two stages of EfficientNet's first version."""
    settings = [
        MBConvConfig(1, 3, 1, 8, 8, 2, width_mult=1.0, depth_mult=1.0),
        MBConvConfig(6, 5, 2, 8, 16, 2, width_mult=1.0, depth_mult=1.0),
    ]
    return EfficientNet(settings, dropout=0.2, num_classes=CLASSES)


def regnet() -> nn.Module:
    """Give RegNetY with a few narrow stages."""
    parameters = BlockParams.from_init_params(
        depth=6, w_0=16, w_a=8.0, w_m=2.0, group_width=8, se_ratio=0.25
    )
    norm = partial(nn.BatchNorm2d, eps=1e-5, momentum=0.1)
    return RegNet(parameters, num_classes=CLASSES, stem_width=8, norm_layer=norm)


def features() -> nn.Sequential:
    """Give a small backbone: everything of a narrow MobileNetV3 but its last layers."""
    layers: nn.Sequential = mobilenet_v3_small(weights=None, width_mult=0.25).features[:8]
    return layers


class Named(nn.Module):
    """A backbone for segmentation: named maps, the last of them deep."""

    def __init__(self) -> None:
        super().__init__()
        layers = features()
        self.low, self.high = layers[:3], layers[3:]

    def forward(self, x):  # noqa: ANN001, ANN201 - the form that torchvision expects
        """B 3 H W to two maps."""
        low = self.low(x)
        return {"low": low, "high": self.high(low), "out": self.high(low)}


def channels(layers: nn.Module) -> int:
    """Give the width of the last convolution."""
    return [one for one in layers.modules() if isinstance(one, nn.Conv2d)][-1].out_channels


def fcn() -> nn.Module:
    """Fully convolutional segmentation."""
    body = Named()
    return FCN(body, FCNHead(channels(body), CLASSES))


def deeplab() -> nn.Module:
    """DeepLab's third version, with its dilated pyramid."""
    body = Named()
    return DeepLabV3(body, DeepLabHead(channels(body), CLASSES, atrous_rates=(2, 3, 4)))


def lraspp() -> nn.Module:
    """Lite R-ASPP."""
    body = Named()
    return LRASPP(
        body,
        low_channels=channels(body.low),
        high_channels=channels(body.high),
        num_classes=CLASSES,
        inter_channels=16,
    )


def backbone(width: int) -> nn.Sequential:
    """Give a backbone for detection: one map of a width."""
    layers = features()
    return layers.append(nn.Conv2d(channels(layers), width, 1))


def detector(kind: Callable[..., nn.Module], *, width: int = WIDTH, **more: object) -> nn.Module:
    """Build a detection model on the small backbone, for images of their own size."""
    body = backbone(width)
    body.out_channels = width  # type: ignore[assignment] # what detection asks of a backbone
    return kind(body, min_size=SIDE, max_size=SIDE, **more)


def anchors() -> AnchorGenerator:
    """Give anchors for one map."""
    return AnchorGenerator(sizes=((16, 32),), aspect_ratios=((0.5, 1.0, 2.0),))


def pool() -> MultiScaleRoIAlign:
    """Cut regions out of one map."""
    return MultiScaleRoIAlign(featmap_names=["0"], output_size=POOLED, sampling_ratio=2)


def two_stages(kind: Callable[..., nn.Module], **more: object) -> nn.Module:
    """Build a model that proposes regions first, then says what they are."""
    return detector(
        kind,
        rpn_anchor_generator=anchors(),
        box_roi_pool=pool(),
        box_head=TwoMLPHead(WIDTH * POOLED**2, HIDDEN),
        box_predictor=FastRCNNPredictor(HIDDEN, CLASSES),
        box_detections_per_img=8,
        **more,
    )


def fasterrcnn() -> nn.Module:
    """Two stages: proposals, then their classes."""
    return two_stages(FasterRCNN)


def maskrcnn() -> nn.Module:
    """Faster R-CNN that gives masks as well."""
    return two_stages(
        MaskRCNN,
        mask_roi_pool=pool(),
        mask_head=MaskRCNNHeads(WIDTH, (WIDTH,), 1),
        mask_predictor=MaskRCNNPredictor(WIDTH, WIDTH, CLASSES),
    )


def retinanet() -> nn.Module:
    """One stage, with focal loss."""
    return detector(RetinaNet, anchor_generator=anchors(), num_classes=CLASSES)


def fcos() -> nn.Module:
    """One stage, without anchors."""
    points = AnchorGenerator(sizes=((8,),), aspect_ratios=((1.0,),))
    return detector(FCOS, width=GROUPS, anchor_generator=points, num_classes=CLASSES)


def ssd() -> nn.Module:
    """One stage, with default boxes."""
    body = backbone(WIDTH)
    body.out_channels = [WIDTH]  # type: ignore[assignment] # of every map
    return SSD(body, DefaultBoxGenerator([[2, 3]]), size=(SIDE, SIDE), num_classes=CLASSES)
