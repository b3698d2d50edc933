"""Architectures as timm, torchvision and transformers implement them: random weights, small sizes.

Theirs is the library's model. Ours is a copy of it that the operators change, or, in the last
pair, another library's implementation. Nothing is downloaded: sizes and configs stand here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import torch
from timm.models.convnext import ConvNeXt
from timm.models.resnet import Bottleneck, ResNet
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn
from torchvision.models.densenet import DenseNet
from torchvision.models.mobilenetv3 import InvertedResidualConfig, MobileNetV3
from torchvision.models.swin_transformer import SwinTransformer
from torchvision.models.vision_transformer import VisionTransformer as TorchvisionViT
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
)

from benchmarks.defects.pair import Pair, Row

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = 50


class Logits(nn.Module):
    """A language model of transformers, from ids to scores."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, tokens: Tensor) -> Tensor:
        """Give the scores alone."""
        return self.model(input_ids=tokens, use_cache=False).logits


class Masked(Logits):
    """An encoder of transformers, with its padding mask."""

    def forward(self, tokens: Tensor, present: Tensor) -> Tensor:
        """Give the scores alone."""
        return self.model(input_ids=tokens, attention_mask=present.long()).logits


def gpt2() -> nn.Module:
    """GPT-2 with learned positions."""
    config = GPT2Config(
        vocab_size=WORDS,
        n_positions=32,
        n_embd=16,
        n_layer=2,
        n_head=2,
        attn_implementation="eager",
    )
    return Logits(GPT2LMHeadModel(config))


def llama() -> nn.Module:
    """Llama with fewer heads for keys than for queries."""
    config = LlamaConfig(
        vocab_size=WORDS,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=32,
        attn_implementation="eager",
    )
    return Logits(LlamaForCausalLM(config))


def bert() -> nn.Module:
    """BERT with a classifier."""
    config = BertConfig(
        vocab_size=WORDS,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
        attn_implementation="eager",
    )
    return Masked(BertForSequenceClassification(config))


def timm_vit() -> nn.Module:
    """The ViT of timm, with torch's kernel switched off so that each step is seen."""
    model = VisionTransformer(
        img_size=16, patch_size=4, embed_dim=24, depth=2, num_heads=3, num_classes=10
    )
    for block in model.blocks:
        block.attn.fused_attn = False
    return model


def timm_convnext() -> nn.Module:
    """The ConvNeXt of timm."""
    return ConvNeXt(depths=(1, 1, 2, 1), dims=(8, 8, 12, 16), num_classes=6, ls_init_value=0.3)


def timm_resnet() -> nn.Module:
    """The ResNet of timm, dilated to an output stride of eight."""
    return ResNet(
        Bottleneck,
        (1, 1, 1, 1),
        channels=(8, 8, 12, 12),
        stem_width=8,
        output_stride=8,
        num_classes=6,
    )


def torchvision_swin() -> nn.Module:
    """The Swin of torchvision."""
    return SwinTransformer(
        patch_size=[2, 2],
        embed_dim=12,
        depths=[2, 1],
        num_heads=[2, 3],
        window_size=[4, 4],
        stochastic_depth_prob=0.0,
        num_classes=5,
    )


def torchvision_mobilenet() -> nn.Module:
    """The MobileNetV3 of torchvision, with squeeze and excitation."""
    row = partial(InvertedResidualConfig, width_mult=1.0, use_se=True)
    return MobileNetV3(
        [
            row(8, 3, 8, 8, activation="RE", stride=2, dilation=1),
            row(8, 5, 16, 12, activation="HS", stride=2, dilation=1),
            row(12, 3, 24, 12, use_se=False, activation="HS", stride=1, dilation=1),
        ],
        last_channel=24,
        num_classes=5,
    )


def torchvision_densenet() -> nn.Module:
    """The DenseNet of torchvision."""
    return DenseNet(
        growth_rate=4, block_config=(2, 2), num_init_features=8, bn_size=2, num_classes=5
    )


def torchvision_vit() -> nn.Module:
    """The ViT of torchvision, in the size of timm's."""
    model = TorchvisionViT(
        image_size=16, patch_size=4, num_layers=2, num_heads=3, hidden_dim=24, mlp_dim=96,
        num_classes=10, norm_layer=partial(nn.LayerNorm, eps=1e-6),
    )  # fmt: skip
    nn.init.normal_(model.heads.head.weight, std=0.2)
    return model


def images(side: int) -> Callable[[], tuple[Tensor, ...]]:
    """Images with a gradient from left to right."""
    return lambda: (torch.randn(2, 3, side, side) * 0.6 + torch.linspace(-1, 1, side),)


def oddly(height: int, width: int) -> Callable[[], tuple[Tensor, ...]]:
    """Images that are higher than wide."""
    return lambda: (torch.randn(1, 3, height, width),)


def sentences() -> tuple[Tensor, ...]:
    """Random sentences."""
    return (torch.randint(0, WORDS, (2, 9)),)


def padded() -> tuple[Tensor, ...]:
    """Sentences of different lengths, padded with zeros."""
    present = torch.arange(8) < torch.tensor([[8], [5]])
    return torch.randint(1, WORDS, (2, 8)) * present, present


def copied(
    name: str,
    make: Callable[[], nn.Module],
    batch: Callable[[], tuple[Tensor, ...]],
    odd: Callable[[], tuple[Tensor, ...]] | None = None,
) -> Pair:
    """Hold a library's model against a copy of it."""
    return Pair(
        name=name, theirs=make, ours=make, batch=batch, odd=odd, library=name.partition("-")[0]
    )


_BLOCK = "encoder.layers.encoder_layer_{i}"

BETWEEN = Pair(
    name="torchvision-vit-in-timm",
    theirs=torchvision_vit,
    ours=timm_vit,
    batch=images(16),
    parts=(
        ("conv_proj", "patch_embed.proj"),
        (_BLOCK, "blocks.{i}"),
        (f"{_BLOCK}.ln_1", "blocks.{i}.norm1"),
        (f"{_BLOCK}.ln_2", "blocks.{i}.norm2"),
        (f"{_BLOCK}.mlp", "blocks.{i}.mlp"),
        (f"{_BLOCK}.mlp.0", "blocks.{i}.mlp.fc1"),
        (f"{_BLOCK}.mlp.1", "blocks.{i}.mlp.act"),
        (f"{_BLOCK}.mlp.3", "blocks.{i}.mlp.fc2"),
        ("encoder.ln", "norm"),
        ("heads.head", "head"),
    ),
    rows=(
        Row(("class_token",), ("cls_token",)),
        Row(("encoder.pos_embedding",), ("pos_embed",)),
        *(
            Row((f"{_BLOCK}.self_attention.{a}{leaf}",), (f"blocks.{{i}}.attn.{b}.{leaf}",))
            for a, b in (("in_proj_", "qkv"), ("out_proj.", "proj"))
            for leaf in ("weight", "bias")
        ),
    ),
)

PAIRS: tuple[Pair, ...] = (
    copied("timm-vit", timm_vit, images(16)),
    copied("timm-convnext", timm_convnext, images(32), oddly(37, 32)),
    copied("timm-resnet", timm_resnet, images(32), oddly(41, 33)),
    copied("torchvision-swin", torchvision_swin, images(16), oddly(22, 18)),
    copied("torchvision-mobilenet", torchvision_mobilenet, images(32), oddly(37, 29)),
    copied("torchvision-densenet", torchvision_densenet, images(32), oddly(45, 38)),
    copied("transformers-gpt2", gpt2, sentences),
    copied("transformers-llama", llama, sentences),
    copied("transformers-bert", bert, padded),
    BETWEEN,
)
