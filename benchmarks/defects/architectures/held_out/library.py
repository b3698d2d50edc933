"""More architectures as timm, torchvision and transformers implement them, in small sizes.

Theirs is the library's model, ours a copy that the operators change; the last pairs hold one
library's implementation against another's.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from timm.layers import GroupNorm1
from timm.models.metaformer import MetaFormer, Pooling
from timm.models.mlp_mixer import MlpMixer
from timm.models.resnet import Bottleneck as TimmBottleneck
from timm.models.resnet import ResNet as TimmResNet
from torch import Tensor, nn
from torchvision.models.detection.retinanet import RetinaNetHead
from torchvision.models.efficientnet import EfficientNet, MBConvConfig
from torchvision.models.regnet import BlockParams, RegNet
from torchvision.models.resnet import Bottleneck, ResNet
from torchvision.models.swin_transformer import (
    PatchMergingV2,
    SwinTransformer,
    SwinTransformerBlockV2,
)
from torchvision.models.vgg import VGG, make_layers
from transformers import (
    AlbertConfig,
    AlbertForSequenceClassification,
    Qwen2Config,
    Qwen2ForCausalLM,
    SegformerConfig,
    SegformerForSemanticSegmentation,
    T5Config,
    T5ForConditionalGeneration,
    Wav2Vec2Config,
    Wav2Vec2ForCTC,
    WhisperConfig,
    WhisperForConditionalGeneration,
)

from benchmarks.defects.architectures.library import (
    WORDS,
    Logits,
    Masked,
    copied,
    images,
    oddly,
    padded,
    sentences,
)
from benchmarks.defects.pair import Pair


def efficientnet() -> nn.Module:
    """EfficientNet with squeeze and excitation by SiLU."""
    row = partial(MBConvConfig, width_mult=1.0, depth_mult=1.0)
    return EfficientNet(
        [row(1, 3, 1, 32, 8, 1), row(4, 3, 2, 8, 12, 2), row(4, 5, 2, 12, 16, 1)],
        dropout=0.2,
        stochastic_depth_prob=0.0,
        last_channel=32,
        num_classes=5,
    )


def regnet() -> nn.Module:
    """RegNet with groups and squeeze and excitation."""
    params = BlockParams(
        depths=[1, 2], widths=[16, 24], group_widths=[8, 8], bottleneck_multipliers=[1.0, 1.0],
        strides=[2, 2], se_ratio=0.25,
    )  # fmt: skip
    return RegNet(params, num_classes=5, stem_width=8, activation=nn.ReLU)


class SmallVGG(VGG):
    """VGG without the hundred million weights of its classifier."""

    def __init__(self) -> None:
        nn.Module.__init__(self)
        self.features = make_layers([8, "M", 12, 12, "M", 16, "M"], batch_norm=True)
        self.avgpool = nn.AdaptiveAvgPool2d((2, 2))
        self.classifier = nn.Sequential(
            nn.Linear(16 * 4, 24), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(24, 5)
        )


def resnext() -> nn.Module:
    """The ResNeXt of timm, with a deep stem and average pooling in its shortcuts."""
    return TimmResNet(
        TimmBottleneck, (1, 1, 1, 1), channels=(8, 8, 12, 12), cardinality=4, base_width=32,
        stem_width=4, stem_type="deep", avg_down=True, num_classes=6,
    )  # fmt: skip


def mixer() -> nn.Module:
    """The MLP-Mixer of timm."""
    return MlpMixer(num_classes=6, img_size=16, patch_size=4, num_blocks=2, embed_dim=12)


def poolformer() -> nn.Module:
    """The PoolFormer of timm."""
    return MetaFormer(
        depths=(1, 1, 1, 1), dims=(8, 8, 12, 12), token_mixers=Pooling, norm_layers=GroupNorm1,
        mlp_act=nn.GELU, layer_scale_init_values=0.3, res_scale_init_values=None,
        use_mlp_head=False, num_classes=5,
    )  # fmt: skip


def swin_v2() -> nn.Module:
    """The second Swin of torchvision: cosine attention, a network for positions, norms last."""
    return SwinTransformer(
        patch_size=[2, 2], embed_dim=12, depths=[2, 1], num_heads=[2, 3], window_size=[4, 4],
        stochastic_depth_prob=0.0, num_classes=5, block=SwinTransformerBlockV2,
        downsample_layer=PatchMergingV2,
    )  # fmt: skip


class Heads(nn.Module):
    """The heads of RetinaNet over two maps."""

    def __init__(self) -> None:
        super().__init__()
        self.heads = RetinaNetHead(8, 2, 4)

    def forward(self, fine: Tensor, coarse: Tensor) -> tuple[Tensor, Tensor]:
        """Give logits of classes and moves of boxes."""
        found = self.heads([fine, coarse])
        return found["cls_logits"], found["bbox_regression"]


def maps() -> tuple[Tensor, ...]:
    """Two maps of features."""
    return torch.randn(2, 8, 8, 8) + 0.3, torch.randn(2, 8, 4, 4)


class Translation(nn.Module):
    """A model of transformers that reads and writes."""

    def __init__(self, model: nn.Module, *, of_sound: bool = False) -> None:
        super().__init__()
        self.model = model
        self.given = "input_features" if of_sound else "input_ids"

    def forward(self, read: Tensor, written: Tensor) -> Tensor:
        """Give the scores alone."""
        given = {self.given: read, "decoder_input_ids": written}
        return self.model(**given, use_cache=False).logits


def t5() -> nn.Module:
    """T5 with gated GELU and buckets of relative positions."""
    config = T5Config(
        vocab_size=WORDS, d_model=16, d_kv=8, d_ff=24, num_layers=2, num_heads=2,
        relative_attention_num_buckets=8, relative_attention_max_distance=12, dropout_rate=0.0,
        feed_forward_proj="gated-gelu", decoder_start_token_id=0,
    )  # fmt: skip
    return Translation(T5ForConditionalGeneration(config))


def whisper() -> nn.Module:
    """Whisper: convolutions over sound, an encoder, a decoder with cross attention."""
    config = WhisperConfig(
        vocab_size=WORDS, num_mel_bins=8, d_model=16, encoder_layers=1, decoder_layers=1,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=24,
        decoder_ffn_dim=24, max_source_positions=10, max_target_positions=12, pad_token_id=0,
        bos_token_id=1, eos_token_id=2, decoder_start_token_id=1, attn_implementation="eager",
        suppress_tokens=[], begin_suppress_tokens=[],
    )  # fmt: skip
    return Translation(WhisperForConditionalGeneration(config), of_sound=True)


class Heard(Logits):
    """A listener of transformers, from waves to scores."""

    def forward(self, waves: Tensor) -> Tensor:
        """Give the scores alone."""
        return self.model(waves).logits


def wav2vec2() -> nn.Module:
    """Wav2Vec 2.0: strided convolutions, positions by a grouped convolution, an encoder."""
    config = Wav2Vec2Config(
        vocab_size=12, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=24, conv_dim=(8, 8), conv_stride=(4, 2), conv_kernel=(8, 3),
        num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2, attn_implementation="eager",
    )  # fmt: skip
    return Heard(Wav2Vec2ForCTC(config))


class Segmented(Logits):
    """A segmenter of transformers, from images to scores of pixels."""

    def forward(self, images: Tensor) -> Tensor:
        """Give the scores alone."""
        return self.model(pixel_values=images).logits


def segformer() -> nn.Module:
    """SegFormer: overlapping patches, attention over shrunk keys, a head over all stages."""
    config = SegformerConfig(
        num_encoder_blocks=2, depths=[1, 1], sr_ratios=[2, 1], hidden_sizes=[8, 12],
        patch_sizes=[7, 3], strides=[4, 2], num_attention_heads=[1, 2], mlp_ratios=[2, 2],
        decoder_hidden_size=12, num_labels=4,
    )  # fmt: skip
    return Segmented(SegformerForSemanticSegmentation(config))


def qwen2() -> nn.Module:
    """Qwen2: biases in three projections, shared keys."""
    config = Qwen2Config(
        vocab_size=WORDS, hidden_size=16, intermediate_size=24, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=32,
        attn_implementation="eager", tie_word_embeddings=True, use_sliding_window=False,
    )  # fmt: skip
    return Logits(Qwen2ForCausalLM(config))


def albert() -> nn.Module:
    """ALBERT: one layer that runs three times."""
    config = AlbertConfig(
        vocab_size=WORDS, embedding_size=8, hidden_size=16, num_hidden_layers=3,
        num_attention_heads=2, intermediate_size=24, max_position_embeddings=32,
        hidden_act="gelu_new", attn_implementation="eager",
    )  # fmt: skip
    return Masked(AlbertForSequenceClassification(config))


def translated() -> tuple[Tensor, ...]:
    """Sentences and their translations."""
    return torch.randint(1, WORDS, (2, 7)), torch.randint(1, WORDS, (2, 5))


def sounds() -> tuple[Tensor, ...]:
    """Spectra of sounds, and what was said."""
    beat = torch.cos(torch.arange(20.0))
    return 0.5 * torch.randn(2, 8, 20) + beat, torch.randint(1, WORDS, (2, 5))


def waves() -> tuple[Tensor, ...]:
    """Sounds."""
    return (0.5 * torch.randn(2, 120) + torch.sin(torch.arange(120.0) / 3),)


class TwoStages(ResNet):
    """The ResNet of torchvision, cut to two stages."""

    def __init__(self) -> None:
        super().__init__(Bottleneck, [1, 1, 1, 1], num_classes=6, groups=4, width_per_group=4)
        self.fc = nn.Linear(128 * Bottleneck.expansion, 6)

    def _make_layer(self, block: Any, planes: int, *args: Any, **kwargs: Any) -> nn.Module:
        made = super()._make_layer(block, planes, *args, **kwargs) if planes <= 128 else None
        return nn.Identity() if made is None else made


def timm_resnext() -> nn.Module:
    """The ResNeXt of timm, cut to two stages."""
    model = TimmResNet(
        TimmBottleneck, (1, 1, 1, 1), channels=(64, 128, 4, 4), cardinality=4, base_width=4
    )
    model.layer3, model.layer4 = nn.Identity(), nn.Identity()
    model.fc = nn.Linear(512, 6)
    return model


BETWEEN = Pair(
    name="torchvision-resnext-in-timm",
    theirs=TwoStages,
    ours=timm_resnext,
    batch=images(32),
    odd=oddly(37, 29),
    # Most names are the same in both libraries.
    parts=(("avgpool", "global_pool"),),
    library="torchvision",
)

PAIRS: tuple[Pair, ...] = (
    copied("torchvision-efficientnet", efficientnet, images(24), oddly(29, 23)),
    copied("torchvision-regnet", regnet, images(24), oddly(29, 23)),
    copied("torchvision-vgg", SmallVGG, images(24), oddly(29, 26)),
    copied("torchvision-swin-v2", swin_v2, images(16), oddly(22, 18)),
    copied("torchvision-retinanet", Heads, maps),
    copied("timm-resnext", resnext, images(32), oddly(37, 29)),
    copied("timm-mixer", mixer, images(16)),
    copied("timm-poolformer", poolformer, images(32), oddly(37, 41)),
    copied("transformers-t5", t5, translated),
    copied("transformers-whisper", whisper, sounds),
    copied("transformers-wav2vec2", wav2vec2, waves),
    copied("transformers-segformer", segformer, images(32), oddly(36, 28)),
    copied("transformers-qwen2", qwen2, sentences),
    copied("transformers-albert", albert, padded),
    BETWEEN,
)
