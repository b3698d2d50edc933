"""Families of timm, torchvision and transformers that neither earlier set has, in small sizes.

Theirs is the library's model, ours a copy that the operators change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from timm.models.beit import Beit
from timm.models.cait import Cait
from timm.models.pvt_v2 import PyramidVisionTransformerV2
from torch import Tensor, nn
from torchvision.models.segmentation.deeplabv3 import ASPP
from torchvision.models.shufflenetv2 import ShuffleNetV2
from torchvision.ops import FeaturePyramidNetwork
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    BloomConfig,
    BloomForCausalLM,
    CLIPConfig,
    CLIPModel,
    GemmaConfig,
    GemmaForCausalLM,
    GPTNeoXConfig,
    GPTNeoXForCausalLM,
    RobertaConfig,
    RobertaForSequenceClassification,
)

from benchmarks.defects.architectures.held_out.library import Translation, translated
from benchmarks.defects.architectures.library import (
    WORDS,
    Logits,
    Masked,
    copied,
    images,
    oddly,
    sentences,
)

if TYPE_CHECKING:
    from benchmarks.defects.pair import Pair


def beit() -> nn.Module:
    """BEiT: a table of relative positions in each block, scaled layers, no bias of keys."""
    model = Beit(
        img_size=16, patch_size=4, num_classes=6, embed_dim=24, depth=2, num_heads=3, mlp_ratio=2,
        init_values=0.3, use_rel_pos_bias=True, use_abs_pos_emb=False, head_init_scale=1.0,
    )  # fmt: skip
    for name, value in model.named_parameters():
        if "relative_position_bias_table" in name:
            nn.init.normal_(value, std=0.5)
    nn.init.normal_(model.head.weight, std=0.2)
    return model


def cait() -> nn.Module:
    """CaiT: heads that talk to each other, a class token that comes late."""
    model = Cait(
        img_size=16, patch_size=4, num_classes=6, embed_dim=24, depth=2, num_heads=3, mlp_ratio=2,
        init_values=0.3, depth_token_only=1,
    )  # fmt: skip
    nn.init.normal_(model.head.weight, std=0.2)
    return model


def pvt() -> nn.Module:
    """PVT v2: overlapping patches, keys of a shrunk map, a depthwise convolution in the network."""
    return PyramidVisionTransformerV2(
        num_classes=6, depths=(1, 1, 1, 1), embed_dims=(8, 8, 12, 12), num_heads=(1, 2, 2, 3),
        sr_ratios=(4, 2, 1, 1), mlp_ratios=(2, 2, 2, 2),
    )  # fmt: skip


def shufflenet() -> nn.Module:
    """The second ShuffleNet: channels are cut in halves and shuffled."""
    return ShuffleNetV2([2, 2, 1], [8, 12, 16, 24, 32], num_classes=5)


def pyramid() -> nn.Module:
    """Dilated convolutions side by side and the mean of the map, as in DeepLab v3."""
    return ASPP(6, [2, 3, 5], 8)


class Pyramid(nn.Module):
    """A pyramid of features over three maps."""

    def __init__(self) -> None:
        super().__init__()
        self.pyramid = FeaturePyramidNetwork([6, 8, 10], 8)

    def forward(self, fine: Tensor, middle: Tensor, coarse: Tensor) -> tuple[Tensor, ...]:
        """Give as many maps of one width."""
        return tuple(self.pyramid({"0": fine, "1": middle, "2": coarse}).values())


def gemma() -> nn.Module:
    """Gemma: gains counted from one, embeddings times the root of the width, gated GELU."""
    config = GemmaConfig(
        vocab_size=WORDS, hidden_size=16, intermediate_size=24, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=1, head_dim=8, max_position_embeddings=32,
        attn_implementation="eager",
    )  # fmt: skip
    return Logits(GemmaForCausalLM(config))


def neox() -> nn.Module:
    """GPT-NeoX: parallel branches, a part of each head turned, one projection head by head."""
    config = GPTNeoXConfig(
        vocab_size=WORDS, hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, max_position_embeddings=32, rotary_pct=0.5,
        attn_implementation="eager",
    )  # fmt: skip
    return Logits(GPTNeoXForCausalLM(config))


def bloom() -> nn.Module:
    """BLOOM: slopes for positions, a norm of the embeddings."""
    config = BloomConfig(
        vocab_size=WORDS, hidden_size=16, n_layer=2, n_head=4, attn_implementation="eager"
    )
    return Logits(BloomForCausalLM(config))


def roberta() -> nn.Module:
    """RoBERTa: positions begin after the id of the padding and do not count it."""
    config = RobertaConfig(
        vocab_size=WORDS, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=24, max_position_embeddings=34, pad_token_id=0, num_labels=3,
        attn_implementation="eager",
    )  # fmt: skip
    return Masked(RobertaForSequenceClassification(config))


def bart() -> nn.Module:
    """BART: norms last, learned positions that begin with two."""
    config = BartConfig(
        vocab_size=WORDS, d_model=16, encoder_layers=1, decoder_layers=1,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=24,
        decoder_ffn_dim=24, max_position_embeddings=32, pad_token_id=0, bos_token_id=1,
        eos_token_id=2, decoder_start_token_id=1, scale_embedding=True,
        attn_implementation="eager",
    )  # fmt: skip
    return Translation(BartForConditionalGeneration(config))


def padded_ahead() -> tuple[Tensor, ...]:
    """Sentences of different lengths, padded before their first word."""
    present = torch.arange(8) >= torch.tensor([[0], [3]])
    return torch.randint(1, WORDS, (2, 8)) * present, present


class Captions(nn.Module):
    """Both towers of CLIP."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: Tensor, words: Tensor) -> tuple[Tensor, Tensor]:
        """Give the unit vectors of images and captions."""
        found = self.model(pixel_values=image, input_ids=words)
        return found.image_embeds, found.text_embeds


def clip() -> nn.Module:
    """CLIP: a tower for images, a tower for words, quick GELU in both."""
    size = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1,
            "num_attention_heads": 2}  # fmt: skip
    config = CLIPConfig(
        text_config={**size, "vocab_size": WORDS, "max_position_embeddings": 12,
                     "eos_token_id": WORDS - 1, "bos_token_id": 0, "pad_token_id": 1},
        vision_config={**size, "image_size": 16, "patch_size": 4},
        projection_dim=10, attn_implementation="eager",
    )  # fmt: skip
    return Captions(CLIPModel(config))


def captioned() -> tuple[Tensor, ...]:
    """Images and what is said of them; the largest id ends a caption."""
    words = torch.randint(2, WORDS - 1, (2, 7))
    words[0, 6] = words[1, 5] = WORDS - 1
    return (*images(16)(), words)


def three_maps() -> tuple[Tensor, ...]:
    """Maps of a backbone, fine to coarse."""
    return torch.randn(2, 6, 12, 8) + 0.2, torch.randn(2, 8, 6, 4), torch.randn(2, 10, 3, 2)


def one_map() -> tuple[Tensor, ...]:
    """A map of features with a gradient."""
    return (torch.randn(2, 6, 12, 14) * 0.6 + torch.linspace(-1, 1, 14),)


PAIRS: tuple[Pair, ...] = (
    copied("timm-beit", beit, images(16)),
    copied("timm-cait", cait, images(16)),
    copied("timm-pvt", pvt, images(32), oddly(37, 41)),
    copied("torchvision-shufflenet", shufflenet, images(32), oddly(37, 29)),
    copied("torchvision-aspp", pyramid, one_map),
    copied("torchvision-fpn", Pyramid, three_maps),
    copied("transformers-gemma", gemma, sentences),
    copied("transformers-neox", neox, sentences),
    copied("transformers-bloom", bloom, sentences),
    copied("transformers-roberta", roberta, padded_ahead),
    copied("transformers-bart", bart, translated),
    copied("transformers-clip", clip, captioned),
)
