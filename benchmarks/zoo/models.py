"""The models of the zoo: a spec, and what it is built with."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One model."""

    spec: str
    arguments: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The library that it is of."""
        source = self.spec.partition(":")[0]
        return "torchvision" if source == "file" else source

    @property
    def name(self) -> str:
        """A name for a folder."""
        source, _, name = self.spec.partition(":")
        words = re.findall("[a-z0-9]+", f"{source} {name.rpartition(':')[2]}".lower())
        return "-".join(words)


def timm(name: str, *arguments: str) -> Entry:
    """Give a model of timm at its own size: its twin is looked for."""
    return Entry(f"timm:{name}", arguments)


def small(name: str, *arguments: str) -> Entry:
    """Give a model of transformers with a small vocabulary and two layers."""
    return Entry(f"transformers:{name}", arguments)


def built(name: str) -> Entry:
    """Give a model of torchvision that `benchmarks/zoo/small.py` builds from its classes."""
    return Entry(f"file:benchmarks/zoo/small.py:{name}")


_TIMM = """
resnet18 resnet50 resnext50_32x4d seresnet50 resnetv2_50 repvgg_a0 resnest14d
res2net50_26w_4s skresnet18 tresnet_m vit_tiny_patch16_224 beit_base_patch16_224
swin_tiny_patch4_window7_224 convnext_tiny cait_xxs24_224 mixer_s32_224 resmlp_12_224
poolformer_s12 convmixer_768_32 pvt_v2_b0 twins_pcpvt_small coat_lite_tiny
crossvit_tiny_240 nest_tiny densenet121 mobilenetv3_small_050 efficientnet_b0 rexnet_100
regnetx_002 dla34 ese_vovnet19b_dw cspdarknet53 edgenext_xx_small mobilevit_xxs
efficientformer_l1 fastvit_t8 repvit_m0_9 visformer_tiny tiny_vit_5m_224
eva02_tiny_patch14_224 xcit_nano_12_p16_224 davit_tiny focalnet_tiny_srf
maxvit_nano_rw_256 mvitv2_tiny pit_ti_224 tnt_s_patch16_224 convit_tiny
inception_next_tiny mambaout_femto hiera_tiny_224 shvit_s1 swiftformer_xs starnet_s1
efficientvit_b0 nf_regnet_b0 fasternet_t0
"""
TIMM = tuple(map(timm, _TIMM.split()))
_TINY = ("hidden_size=24", "num_hidden_layers=2", "num_attention_heads=2", "intermediate_size=32")
_TEXT = (*_TINY, "vocab_size=64")
_SOUND = ("conv_dim=(8,8)", "conv_kernel=(10,3)", "conv_stride=(5,2)",
          "num_conv_pos_embeddings=4", "num_conv_pos_embedding_groups=2")  # fmt: skip
_BOTH = ("d_model=24", "encoder_layers=2", "decoder_layers=2", "encoder_attention_heads=2",
         "decoder_attention_heads=2", "encoder_ffn_dim=32", "decoder_ffn_dim=32")  # fmt: skip
TRANSFORMERS = (
    small("BertModel"),
    small("GPT2LMHeadModel"),
    small("RobertaModel", *_TEXT),
    small("AlbertModel", *_TEXT, "embedding_size=16"),
    small("DistilBertModel", "dim=24", "n_layers=2", "n_heads=2", "hidden_dim=32", "vocab_size=64"),
    small("ElectraModel", *_TEXT),
    small("DebertaV2Model", *_TEXT),
    small("MPNetModel", *_TEXT),
    small("LlamaForCausalLM", *_TEXT),
    small("MistralForCausalLM", *_TEXT, "num_key_value_heads=2"),
    small("Qwen2ForCausalLM", *_TEXT, "num_key_value_heads=2"),
    small("GPTNeoXForCausalLM", *_TEXT),
    small("OPTForCausalLM", "hidden_size=24", "num_hidden_layers=2", "num_attention_heads=2",
          "ffn_dim=32", "vocab_size=64", "word_embed_proj_dim=24", "max_position_embeddings=64"),
    small("BloomForCausalLM", "hidden_size=24", "n_layer=2", "n_head=2", "vocab_size=64"),
    small("T5ForConditionalGeneration", "d_model=24", "d_kv=12", "d_ff=32", "num_layers=2",
          "num_heads=2", "vocab_size=64"),
    small("BartModel", *_BOTH, "vocab_size=64", "max_position_embeddings=64"),
    small("ViTModel", *_TINY, "image_size=32", "patch_size=8"),
    small("DeiTModel", *_TINY, "image_size=32", "patch_size=8"),
    small("BeitModel", *_TINY, "image_size=32", "patch_size=8"),
    small("ConvNextModel", "hidden_sizes=[8,16]", "depths=[2,2]", "num_stages=2", "image_size=32"),
    small("SwinModel", "embed_dim=8", "depths=[2,2]", "num_heads=[2,2]", "window_size=4",
          "image_size=32"),
    small("SegformerModel", "hidden_sizes=[8,16,16,24]", "depths=[1,1,1,1]"),
    small("CLIPTextModel", *_TEXT, "max_position_embeddings=32"),
    small("Wav2Vec2Model", *_TINY, *_SOUND),
    small("HubertModel", *_TINY, *_SOUND),
    small("WhisperModel", *_BOTH, "vocab_size=64", "num_mel_bins=8", "max_source_positions=16",
          "max_target_positions=32", "pad_token_id=0", "bos_token_id=1", "eos_token_id=2",
          "decoder_start_token_id=3"),
)  # fmt: skip
TORCHVISION = (
    *(
        Entry(f"torchvision:{name}")
        for name in (
            *("vit_b_16", "swin_t", "swin_v2_t", "maxvit_t", "densenet121", "efficientnet_b0"),
            *(
                "convnext_tiny",
                "regnet_y_400mf",
                "mnasnet0_5",
                "mobilenet_v2",
                "mobilenet_v3_small",
            ),
            *("mobilenet_v3_large", "shufflenet_v2_x0_5", "squeezenet1_1"),
        )
    ),
    *map(built, ("fcn", "deeplab", "lraspp", "fasterrcnn", "maskrcnn", "retinanet", "fcos", "ssd")),
)
ZOO = (*TRANSFORMERS, *TORCHVISION, *TIMM)
SAMPLE = (
    *("timm:tiny_vit_5m_224", "timm:nest_tiny", "timm:beit_base_patch16_224"),
    *("torchvision:efficientnet_b0", "file:benchmarks/zoo/small.py:fasterrcnn"),
    *("transformers:BertModel", "transformers:T5ForConditionalGeneration"),
    "transformers:Wav2Vec2Model",
)
"""Those that the suite tries: each of another kind of input, or with a trap of its own."""
