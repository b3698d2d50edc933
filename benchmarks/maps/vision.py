"""Image models as torchvision, timm and transformers wrote them, in small sizes.

Random weights; nothing is downloaded. Where a size is not the published one, it keeps every kind of
part and yet runs in seconds.
"""

from __future__ import annotations

from functools import partial

import timm
import torchvision
from timm.models.convnext import ConvNeXt
from timm.models.resnet import Bottleneck as TimmBottleneck
from timm.models.resnet import ResNet
from timm.models.swin_transformer import SwinTransformer as TimmSwin
from timm.models.vgg import VGG
from timm.models.vision_transformer import VisionTransformer as TimmViT
from torch import Tensor, nn
from torchvision.models.convnext import CNBlockConfig
from torchvision.models.convnext import ConvNeXt as TorchvisionConvNeXt
from torchvision.models.densenet import DenseNet
from torchvision.models.resnet import Bottleneck
from torchvision.models.swin_transformer import SwinTransformer
from torchvision.models.vision_transformer import VisionTransformer
from transformers import (
    ConvNextConfig,
    ConvNextForImageClassification,
    SwinConfig,
    SwinForImageClassification,
    ViTConfig,
    ViTForImageClassification,
)

from benchmarks.maps.pair import Pair, images

CLASSES, WIDTH, HEADS = 10, 48, 3


class Scores(nn.Module):
    """An image model of transformers, from images to scores."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        """Give the scores alone."""
        return self.model(pixel_values=x).logits


def torchvision_vit() -> nn.Module:
    """Fused projections inside torch's own attention."""
    model = VisionTransformer(
        image_size=32, patch_size=8, num_layers=3, num_heads=HEADS, hidden_dim=WIDTH,
        mlp_dim=4 * WIDTH, num_classes=CLASSES, norm_layer=partial(nn.LayerNorm, eps=1e-6),
    )  # fmt: skip
    nn.init.normal_(model.heads.head.weight, std=0.2)
    return model


def timm_vit(eps: float = 1e-6, act: type[nn.Module] = nn.GELU, width: int = WIDTH) -> nn.Module:
    """Fused projections as a linear layer."""
    return TimmViT(
        img_size=32, patch_size=8, embed_dim=width, depth=3, num_heads=HEADS, num_classes=CLASSES,
        norm_layer=partial(nn.LayerNorm, eps=eps), act_layer=act,
    )  # fmt: skip


def transformers_vit() -> nn.Module:
    """Three projections."""
    return Scores(
        ViTForImageClassification(
            ViTConfig(
                hidden_size=WIDTH, num_hidden_layers=3, num_attention_heads=HEADS,
                intermediate_size=4 * WIDTH, image_size=32, patch_size=8, num_labels=CLASSES,
                layer_norm_eps=1e-6,
            )
        )
    )  # fmt: skip


def torchvision_swin() -> nn.Module:
    """Window attention as a function of its module's weights."""
    return SwinTransformer(
        patch_size=[4, 4], embed_dim=24, depths=[2, 2], num_heads=[2, 4], window_size=[4, 4],
        stochastic_depth_prob=0.0, num_classes=CLASSES,
    )  # fmt: skip


def timm_swin() -> nn.Module:
    """Window attention on windows that its block cuts."""
    return TimmSwin(
        img_size=64, patch_size=4, embed_dim=24, depths=(2, 2), num_heads=(2, 4), window_size=4,
        num_classes=CLASSES, drop_path_rate=0.0, strict_img_size=False,
    )  # fmt: skip


def transformers_swin() -> nn.Module:
    """Three projections, and a table that every block indexes anew."""
    return Scores(
        SwinForImageClassification(
            SwinConfig(
                image_size=64, patch_size=4, embed_dim=24, depths=[2, 2], num_heads=[2, 4],
                window_size=4, num_labels=CLASSES, drop_path_rate=0.0,
            )
        )
    )  # fmt: skip


DEPTHS, DIMS = (2, 1, 2, 1), (16, 24, 32, 48)


def torchvision_convnext() -> nn.Module:
    """Norms over channels that permute, layer scale as a parameter of three axes."""
    ends = (*DIMS[1:], None)
    blocks = [CNBlockConfig(*row) for row in zip(DIMS, ends, DEPTHS, strict=True)]
    return TorchvisionConvNeXt(
        blocks, stochastic_depth_prob=0.0, layer_scale=0.3, num_classes=CLASSES
    )


def timm_convnext() -> nn.Module:
    """Linear layers inside, channels last."""
    return ConvNeXt(depths=DEPTHS, dims=DIMS, num_classes=CLASSES, ls_init_value=0.3)


def transformers_convnext() -> nn.Module:
    """The same in the words of transformers."""
    return Scores(
        ConvNextForImageClassification(
            ConvNextConfig(
                depths=list(DEPTHS), hidden_sizes=list(DIMS), num_labels=CLASSES,
                layer_scale_init_value=0.3, drop_path_rate=0.0, layer_norm_eps=1e-6,
            )
        )
    )  # fmt: skip


def torchvision_densenet() -> nn.Module:
    """Two dense blocks."""
    return DenseNet(
        growth_rate=8, block_config=(3, 3), num_init_features=16, bn_size=2, num_classes=CLASSES
    )


def timm_densenet() -> nn.Module:
    """Norms with the activation inside."""
    return timm.models.densenet.DenseNet(
        growth_rate=8, block_config=(3, 3), bn_size=2, num_classes=CLASSES, stem_type="",
    )  # fmt: skip


def from_torchvision(name: str, **settings: object) -> nn.Module:
    """Build a published size of torchvision."""
    return torchvision.models.get_model(name, weights=None, num_classes=CLASSES, **settings)


def from_timm(name: str, **settings: object) -> nn.Module:
    """Build a published size of timm."""
    return timm.create_model(name, pretrained=False, num_classes=CLASSES, **settings)


def _published(tv: str, tm: str, side: int = 64, **settings: object) -> Pair:
    return Pair(
        f"torchvision {tv} in timm", partial(from_torchvision, tv),
        partial(from_timm, tm, **settings), images(side),
    )  # fmt: skip


def torchvision_resnet() -> nn.Module:
    """Two blocks in the first stage, one in the others; full widths."""
    return torchvision.models.resnet.ResNet(Bottleneck, [2, 1, 1, 1], num_classes=CLASSES)


def timm_resnet() -> nn.Module:
    """The same of timm."""
    return ResNet(TimmBottleneck, (2, 1, 1, 1), num_classes=CLASSES)


def resnet_v1() -> nn.Module:
    """ResNet as it was published: the stride in the first convolution of a bottleneck."""
    model = torchvision_resnet()
    for part in model.modules():
        if isinstance(part, Bottleneck):
            part.conv1.stride, part.conv2.stride = part.conv2.stride, (1, 1)
    return model


CHANNELS = (8, "M", 16, "M", 24, 24, "M", 32, 32, "M", 32, 32, "M")


def torchvision_vgg() -> nn.Module:
    """Batch norm, and a classifier of matrices; narrower than the published one."""
    layers = torchvision.models.vgg.make_layers(list(CHANNELS), batch_norm=True)
    model = torchvision.models.VGG(layers, num_classes=CLASSES, init_weights=False)
    model.classifier = nn.Sequential(
        nn.Linear(32 * 7 * 7, 64), nn.ReLU(inplace=True), nn.Dropout(),
        nn.Linear(64, 4096), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(4096, CLASSES),
    )  # fmt: skip
    return model


def timm_vgg() -> nn.Module:
    """The first two matrices as convolutions, the first of them 7 by 7."""
    return VGG(CHANNELS, num_classes=CLASSES, mlp_ratio=1 / 64, norm_layer=nn.BatchNorm2d)


SAME = (
    Pair("torchvision resnet in timm", torchvision_resnet, timm_resnet, images(64)),
    Pair("torchvision vit in timm", torchvision_vit, timm_vit, images(32)),
    Pair(
        "torchvision swin in timm", torchvision_swin, timm_swin, images(64), ("divisible",),
    ),
    Pair("torchvision convnext in timm", torchvision_convnext, timm_convnext, images(64)),
    _published("efficientnet_b0", "efficientnet_b0"),
    Pair("torchvision densenet in timm", torchvision_densenet, timm_densenet, images(64)),
    _published("mobilenet_v3_large", "mobilenetv3_large_100", bn_eps=1e-3),
    _published("regnet_y_400mf", "regnety_004"),
    _published("regnet_x_400mf", "regnetx_004_tv"),
    Pair(
        "torchvision vgg with batch norm in timm",
        torchvision_vgg,
        timm_vgg,
        images(224, 1),
        # The one pools to 7 by 7 whatever comes, the other lets its first matrix slide.
        differs=("inputs of another size alone",),
    ),
    Pair("timm vit in transformers", timm_vit, transformers_vit, images(32)),
    Pair("timm swin in transformers", timm_swin, transformers_swin, images(64)),
    Pair("timm convnext in transformers", timm_convnext, transformers_convnext, images(64)),
)  # fmt: skip

OTHER = (
    Pair(
        "mobilenet v3 with another eps in its norms",
        partial(from_torchvision, "mobilenet_v3_large"),
        partial(from_timm, "mobilenetv3_large_100"), images(64), ("eps",), "different",
    ),
    Pair(
        "regnet x 400mf as published and as in torchvision",
        partial(from_torchvision, "regnet_x_400mf"), partial(from_timm, "regnetx_004"), images(64),
        ("384",), "different",
    ),
    Pair(
        "resnet v1.5 in v1", torchvision_resnet, resnet_v1, images(64),
        ("stride", "shape"), "different",
    ),
    Pair(
        "vit with another activation", timm_vit,
        partial(timm_vit, act=partial(nn.GELU, approximate="tanh")), images(32),
        ("tanh", "act", "GELU"), "different",
    ),
    Pair(
        "vit with another eps", timm_vit, partial(timm_vit, eps=1e-5), images(32), ("eps", "norm"),
        "different",
    ),
    Pair(
        "vit of another width", timm_vit, partial(timm_vit, width=60), images(32),
        ("48", "shape"), "different",
    ),
)  # fmt: skip
