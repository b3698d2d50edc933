"""Models of three libraries are built and inspected; what is not there is named."""

import pytest

from scaffold.core.blueprint import InputKind, Source
from scaffold.core.errors import ScaffoldError
from scaffold.reference.blueprint.ask import blueprint_of
from scaffold.reference.spec import parse

SMALL_BERT = (
    "hidden_size=32",
    "num_hidden_layers=2",
    "num_attention_heads=2",
    "intermediate_size=64",
    "vocab_size=100",
)


def rows(found):
    return [(row.name, row.path, row.shape, row.dtype, row.kind.value) for row in found.inputs]


def arguments(part):
    return {one.name: (one.value.text, one.source) for one in part.arguments}


def test_a_vision_transformer_of_timm(blueprint):
    found = blueprint("timm:test_vit", "num_classes=10", "img_size=64")

    assert found.root.kind == "timm.models.vision_transformer:VisionTransformer"
    assert rows(found) == [("x", "", (2, 3, 64, 64), "float32", "image")]
    assert found.outputs[0].shape == (2, 10)
    assert found.preprocessing.source == "timm.data.resolve_model_data_config"
    assert found.preprocessing.size == (3, 64, 64)
    assert found.preprocessing.mean == (0.5, 0.5, 0.5)
    assert (found.distributions[0].name, found.distributions[0].licence) == ("timm", "Apache-2.0")
    assert found.distributions[0].version
    assert all(part.captured for part in found.parts)
    attention = found.part("blocks.0.attn")
    assert arguments(attention)["num_heads"][1] is Source.GIVEN
    # What attention hands on (to an identity here) was made of what parts gave.
    taken = found.part("blocks.0.attn.norm").inputs[0].tensor
    flow = next(one for one in found.flows if one.tensor == taken)
    assert flow.made_of
    assert [end.part for end in flow.producers] == ["blocks.0.attn.norm"]
    assert [(one.name, one.value.text, one.added) for one in found.origin.arguments] == [
        ("num_classes", "10", False),
        ("img_size", "64", False),
        ("pretrained", "False", True),
    ]


def test_the_same_through_the_command_line_option(python, blueprint):
    words = ("num_classes=10", "img_size=64")
    asked = blueprint_of(parse("timm:test_vit", words), python=python)

    assert asked.origin.python == str(python)
    assert asked.parts == blueprint("timm:test_vit", *words).parts


def test_a_classifier_of_torchvision(blueprint):
    found = blueprint("torchvision:resnet18", "num_classes=10")

    assert rows(found) == [("x", "", (2, 3, 224, 224), "float32", "image")]
    assert found.parameters == 11_181_642
    # 1.81 GMAC an image, as published for 1000 classes; two operations each, two images.
    assert found.flops == pytest.approx(4 * 1.814e9, rel=0.01)
    assert found.preprocessing.crop == 0.875
    assert found.preprocessing.antialias is True
    assert {one.effect for one in found.modes.effects} == {"batch norm"}
    assert ("layer1.0", "layer1.1") in {one.parts for one in found.repeats}


def test_a_detector_of_torchvision(blueprint):
    found = blueprint("torchvision:ssdlite320_mobilenet_v3_large", "num_classes=3")

    assert [row[:3] for row in rows(found)] == [
        ("images", "0", (3, 96, 128)),
        ("images", "1", (3, 128, 96)),
        ("targets", "0.boxes", (2, 4)),
        ("targets", "0.labels", (2,)),
        ("targets", "1.boxes", (2, 4)),
        ("targets", "1.labels", (2,)),
    ]
    assert [row.training for row in found.inputs] == [False] * 2 + [True] * 4
    assert found.output_kind == "list"
    assert {leaf.path for leaf in found.outputs} == {
        f"{image}.{name}" for image in (0, 1) for name in ("boxes", "scores", "labels")
    }
    assert [leaf.path for leaf in found.modes.outputs] == ["bbox_regression", "classification"]


def test_an_encoder_of_transformers(blueprint):
    found = blueprint("transformers:BertModel", *SMALL_BERT)

    assert rows(found) == [
        ("input_ids", "", (2, 16), "int64", "tokens"),
        ("attention_mask", "", (2, 16), "int64", "mask"),
    ]
    assert found.inputs[0].high == 99
    config = found.origin.config
    assert config.target == "transformers.models.bert.configuration_bert:BertConfig"
    fields = dict(zip(config.names, config.items, strict=True))
    assert (fields["hidden_size"].text, fields["layer_norm_eps"].text) == ("32", "1e-12")
    assert arguments(found.root)["config"] == ("config", Source.GIVEN)
    assert found.output_kind.startswith("transformers.modeling_outputs:BaseModelOutput")
    assert [leaf.path for leaf in found.outputs] == ["last_hidden_state", "pooler_output"]


def test_an_encoder_and_decoder_of_transformers(blueprint):
    found = blueprint(
        "transformers:T5ForConditionalGeneration",
        "d_model=32", "num_layers=1", "num_heads=2", "d_ff=64", "d_kv=16", "vocab_size=100",
    )  # fmt: skip

    assert [row[0] for row in rows(found)] == ["input_ids", "attention_mask", "decoder_input_ids"]
    assert [one.aliases for one in found.weights if one.name == "shared.weight"] == [
        ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight")
    ]


def test_sound_and_several_inputs_of_transformers(blueprint):
    whisper = blueprint(
        "transformers:WhisperModel",
        "d_model=32", "encoder_layers=1", "decoder_layers=1", "encoder_attention_heads=2",
        "decoder_attention_heads=2", "max_source_positions=50", "vocab_size=100",
        "pad_token_id=0", "bos_token_id=1", "eos_token_id=2", "decoder_start_token_id=1",
    )  # fmt: skip
    clip = blueprint(
        "transformers:CLIPModel",
        *(f"{part}_config.{word}" for part in ("text", "vision") for word in SMALL_BERT[:4]),
    )

    assert [row[:3] for row in rows(whisper)] == [
        ("input_features", "", (2, 80, 100)),
        ("decoder_input_ids", "", (2, 8)),
    ]
    assert [row.kind for row in clip.inputs] == [
        InputKind.TOKENS,
        InputKind.MASK,
        InputKind.IMAGE,
    ]
    assert clip.preprocessing.source.startswith("transformers.CLIPImageProcessor")
    assert clip.preprocessing.size == (3, 224, 224)


def test_a_head_that_looks_for_the_end_of_a_sequence_is_given_one(blueprint):
    found = blueprint(
        "transformers:BartForSequenceClassification",
        "d_model=32", "encoder_layers=1", "decoder_layers=1", "encoder_attention_heads=2",
        "decoder_attention_heads=2", "vocab_size=100",
    )  # fmt: skip

    tokens = [row for row in found.inputs if row.kind is InputKind.TOKENS]
    assert [(row.name, row.shape, row.last) for row in tokens] == [
        ("input_ids", (2, 16), 2),
        ("decoder_input_ids", (2, 16), 2),
    ]


def test_a_configuration_class_means_its_plain_model(blueprint):
    found = blueprint("transformers:BertConfig", *SMALL_BERT)

    assert found.origin.builder == "transformers:BertModel"


@pytest.mark.parametrize(
    ("text", "words", "what", "remedy"),
    [
        ("timm:resnet_18", (), "has no model 'resnet_18'", "did you mean resnet18 or "),
        (
            "timm:resnet18",
            ("pretrained=true",),
            "pretrained=True asks for trained weights, which need the hub",
            (
                "leave out pretrained: a reference is built with random weights from a seed; "
                "weights from a file are mapped afterwards"
            ),
        ),
        (
            "timm:resnet18",
            ("clases=3",),
            (
                "takes no argument 'clases' (timm.create_model('resnet18', clases=3, "
                "pretrained=False) raises TypeError: "
            ),
            "leave out clases=..., or give it the name that the constructor has",
        ),
        ("torchvision:resnt18", (), "has no model 'resnt18'", "did you mean resnet18 or "),
        ("transformers:BertModle", (), "has no class 'BertModle'", "did you mean BertModel or "),
        (
            "transformers:AutoModel",
            (),
            "chooses a class by a configuration from the hub",
            (
                "name the class itself: transformers:ViTForImageClassification, or "
                "transformers:ViTConfig for its plain model"
            ),
        ),
        (
            "transformers:BertTokenizer",
            (),
            "is no class of a model or of a configuration",
            "name the class itself: ",
        ),
        (
            "transformers:BertModel",
            ("hiden_size=3",),
            "BertConfig has no field 'hiden_size'",
            "did you mean hidden_size or ",
        ),
        (
            "transformers:CLIPModel",
            ("hidden_size=3",),
            "CLIPConfig has no field 'hidden_size'",
            "did you mean vision_config.hidden_size or text_config.hidden_size?",
        ),
        (
            "transformers:BertModel",
            ("hidden_size=33", "num_attention_heads=2"),
            "transformers.BertModel(config(hidden_size=33, num_attention_heads=2)) raises",
            "call it from python with the same arguments, and mend what the traceback shows",
        ),
    ],
)
def test_what_a_library_has_not_is_named(blueprint, text, words, what, remedy):
    with pytest.raises(ScaffoldError) as refused:
        blueprint(text, *words)

    assert what in refused.value.what
    assert refused.value.remedy.startswith(remedy)
