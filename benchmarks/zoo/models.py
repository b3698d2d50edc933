"""The models of the zoo: a spec, and what it is built with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One model."""

    spec: str
    arguments: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """A name for a folder."""
        return "my-" + self.spec.partition(":")[2].lower().replace("_", "-").replace(".", "-")


def timm(name: str, *arguments: str) -> Entry:
    """Give a model of timm at its own size: its twin is looked for."""
    return Entry(f"timm:{name}", arguments)


def small(name: str, *arguments: str) -> Entry:
    """Give a model of transformers with a small vocabulary and two layers."""
    return Entry(f"transformers:{name}", arguments)


TIMM = tuple(
    map(
        timm,
        (
            *("resnet18", "resnet50", "resnext50_32x4d", "seresnet50", "repvgg_a0"),
            *("vit_tiny_patch16_224", "deit_tiny_patch16_224", "beit_base_patch16_224"),
            *("swin_tiny_patch4_window7_224", "convnext_tiny", "convnextv2_atto", "cait_xxs24_224"),
            *("mixer_s32_224", "resmlp_12_224", "gmlp_ti16_224", "poolformer_s12"),
            *("pvt_v2_b0", "twins_pcpvt_small", "levit_128s", "coat_lite_tiny"),
            *("densenet121", "vgg11", "mobilenetv3_small_050", "efficientnet_b0", "ghostnet_100"),
            *("regnetx_002", "regnety_002", "dla34", "dpn48b", "hrnet_w18_small", "inception_v3"),
            *("edgenext_xx_small", "mobilevit_xxs", "efficientformer_l1", "fastvit_t8"),
            *("volo_d1_224", "visformer_tiny", "tiny_vit_5m_224", "eva02_tiny_patch14_224"),
        ),
    )
)  # fmt: skip
_TINY = ("hidden_size=24", "num_hidden_layers=2", "num_attention_heads=2", "intermediate_size=32")
TRANSFORMERS = (
    small("BertModel"),
    small("GPT2LMHeadModel"),
    small("RobertaModel", *_TINY, "vocab_size=64"),
    small("DistilBertModel", "dim=24", "n_layers=2", "n_heads=2", "hidden_dim=32", "vocab_size=64"),
    small("ElectraModel", *_TINY, "vocab_size=64"),
    small("LlamaForCausalLM", *_TINY, "vocab_size=64"),
    small("MistralForCausalLM", *_TINY, "num_key_value_heads=2", "vocab_size=64"),
    small("Qwen2ForCausalLM", *_TINY, "num_key_value_heads=2", "vocab_size=64"),
    small("GPTNeoXForCausalLM", *_TINY, "vocab_size=64"),
    small("T5ForConditionalGeneration", "d_model=24", "d_kv=12", "d_ff=32", "num_layers=2",
          "num_heads=2", "vocab_size=64"),
    small("ViTModel", *_TINY, "image_size=32", "patch_size=8"),
    small("DeiTModel", *_TINY, "image_size=32", "patch_size=8"),
    small("Wav2Vec2Model", *_TINY, "conv_dim=(8,8)", "conv_kernel=(10,3)", "conv_stride=(5,2)",
          "num_conv_pos_embeddings=4", "num_conv_pos_embedding_groups=2"),
)  # fmt: skip
TORCHVISION = (
    Entry("torchvision:mobilenet_v2", ("width_mult=0.1", "num_classes=10")),
    Entry("torchvision:mobilenet_v3_small", ("width_mult=0.25", "num_classes=10")),
    Entry("torchvision:shufflenet_v2_x0_5", ("num_classes=10",)),
    Entry("torchvision:squeezenet1_1", ("num_classes=10",)),
    Entry("torchvision:mnasnet0_5", ("num_classes=10",)),
)
ZOO = (*TIMM, *TRANSFORMERS, *TORCHVISION)
