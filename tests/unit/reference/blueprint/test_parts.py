"""A blueprint says how every part was built, what it holds, and which parts are alike."""

import pytest
from torch import nn

from scaffold.core.blueprint import Manner, Source, ValueKind
from scaffold.core.blueprint.document import dumps, loads


def arguments(part):
    return {one.name: (one.value.text, one.source) for one in part.arguments}


def test_the_parts_stand_in_order_of_registration(net):
    assert [part.path for part in net.parts[:8]] == [
        "",
        "embed",
        "blocks",
        "blocks.0",
        "blocks.0.norm",
        "blocks.0.inner",
        "blocks.0.act",
        "blocks.1",
    ]
    assert net.root.children[:3] == ("embed", "blocks", "wide")
    assert net.part("blocks.0.norm").kind == "torch.nn.modules.normalization:LayerNorm"
    with pytest.raises(ValueError, match=r"blocks\.9"):
        net.part("blocks.9")


def test_what_was_passed_is_told_from_what_is_the_default(inspect):
    net = inspect("Net", "depth=2")

    assert arguments(net.root) == {
        "width": ("8", Source.DEFAULT),
        "depth": ("2", Source.GIVEN),
        "drop": ("0.1", Source.DEFAULT),
    }
    assert arguments(net.part("blocks.0.norm"))["eps"] == ("1e-06", Source.GIVEN)
    assert arguments(net.part("blocks.0.norm"))["bias"] == ("True", Source.DEFAULT)
    assert all(part.captured for part in net.parts)


def test_what_was_passed_may_be_more_than_a_number(net):
    given = {one.name: one for one in net.part("blocks.1").arguments}
    act = given["act"].value

    assert act.kind is ValueKind.PARTIAL
    assert act.text == ("functools.partial(torch.nn.modules.activation.GELU, approximate='tanh')")
    assert (act.target, act.names) == ("torch.nn.modules.activation:GELU", ("approximate",))
    assert given["scale"].manner is Manner.KEYWORD
    assert arguments(net.part("wide"))["depth"] == ("2", Source.DEFAULT)


def test_the_outermost_constructor_counts_and_a_copy_has_the_arguments_of_its_original(net):
    assert arguments(net.part("wide")) == arguments(net.part("again"))
    assert arguments(net.part("wide")) == {
        "width": ("8", Source.GIVEN),
        "depth": ("2", Source.DEFAULT),
    }


def test_a_list_that_a_constructor_empties_is_told_as_it_was_passed(folder, inspect):
    with (folder / "net.py").open("a") as file:
        file.write("\ndef listed():\n    return Block(4, sizes=[1, 2], extra='x')\n")

    told = {one.name: one for one in inspect("listed").root.arguments}

    assert told["sizes"].value.text == "[1, 2]"
    assert told["rest"].value.text == "{'extra': 'x'}"
    assert told["rest"].manner is Manner.NAMED_REST


def test_what_the_instance_makes_of_an_argument_is_told(inspect):
    conv = inspect("python:torch.nn:Conv2d", "in_channels=3", "out_channels=4", "kernel_size=3")
    told = {one.name: one for one in conv.root.arguments}

    assert told["kernel_size"].value.text == "3"
    assert told["kernel_size"].found.text == "(3, 3)"
    assert told["in_channels"].found is None


def test_parts_of_a_sequence_are_named_by_their_paths(inspect, folder):
    with (folder / "net.py").open("a") as file:
        file.write("\ndef row():\n    return nn.Sequential(nn.Linear(4, 4), nn.ReLU())\n")

    (layers,) = inspect("row").root.arguments

    assert layers.manner is Manner.REST
    assert [(one.kind, one.target) for one in layers.value.items] == [
        (ValueKind.PART, "0"),
        (ValueKind.PART, "1"),
    ]


def test_a_part_whose_constructor_was_not_seen_tells_what_it_has(folder, inspect):
    with (folder / "net.py").open("a") as file:
        file.write(
            "\ndef odd():\n"
            "    class Odd(nn.Module):\n"
            "        def __init__(self, width, lost=None):\n"
            "            super().__init__()\n"
            "            self.width = width\n"
            "            self.inner = nn.Linear(width, width)\n"
            "        def forward(self, x):\n"
            "            return self.inner(x)\n"
            "    return Odd(4)\n"
        )

    root = inspect("odd").root

    assert not root.captured
    assert arguments(root) == {
        "width": ("4", Source.ATTRIBUTE),
        "lost": ("None", Source.UNKNOWN),
    }


def test_building_leaves_no_trace_on_the_parts_or_their_classes(inspect):
    before = nn.Linear.__init__
    inspect("Net")

    assert nn.Linear.__init__ is before


def test_plain_attributes_that_no_argument_names_are_told(net):
    found = {one.name: one.value.text for one in net.part("blocks.0").attributes}

    assert found == {"steps": "3"}


def test_weights_have_owners_and_ties_are_named(net):
    weights = {one.name: one for one in net.weights}

    assert weights["embed.weight"].aliases == ("head.weight",)
    assert "head.weight" not in weights
    assert weights["blocks.0.gamma"].part == "blocks.0"
    assert net.part("blocks.0").weights == ("blocks.0.gamma",)
    assert (weights["table"].buffer, weights["table"].persistent) == (True, False)
    assert weights["batch.running_mean"].persistent
    assert weights["embed.weight"].shape == (50, 8)


def test_numbers_are_counted_once(net):
    block = 8 * 2 + 8 * 8 + 8 + 8

    assert net.part("blocks.0").parameters == block
    assert net.parameters == 50 * 8 + 5 * block + 2 * 8 + 6
    assert net.trainable == net.parameters


def test_classes_stand_small_first(net):
    names = [kind.qualname for kind in net.classes]

    assert names[-1] == "Net"
    assert names.index("Linear") < names.index("Block") < names.index("ModuleList")
    block = net.classes[names.index("Block")]
    assert block.parts == ("blocks.0", "blocks.1", "blocks.2")
    assert [one.name for one in block.signature] == ["width", "scale", "act", "sizes", "rest"]
    assert [one.annotation for one in block.signature][:2] == ["int", "float"]
    assert block.signature[0].default is None
    assert block.signature[1].default.text == "1.0"
    assert [one.name for one in block.forward] == ["x"]
    assert block.source == "net.py:9"
    assert not block.torch
    wide = net.classes[names.index("Wide")]
    assert [one.rpartition(":")[2] for one in wide.lineage] == ["Block", "Module"]
    assert net.classes[names.index("Linear")].torch


def test_parts_that_are_built_alike_are_grouped(net):
    groups = {one.parts for one in net.repeats}

    assert ("blocks.0", "blocks.1", "blocks.2") in groups
    assert ("wide", "again") in groups


def test_a_class_of_a_file_is_of_a_module_of_its_name(net):
    assert net.root.kind == "net:Net"
    assert net.part("blocks.0").module == "net"


def test_a_part_under_two_names_is_one_part(inspect, folder):
    with (folder / "net.py").open("a") as file:
        file.write(
            "\ndef twice():\n    one = nn.Linear(4, 4)\n    return nn.Sequential(one, one)\n"
        )

    found = inspect("twice")

    assert [part.path for part in found.parts] == ["", "0"]
    assert found.part("0").aliases == ("1",)
    assert found.part("0").calls == 2


def test_operations_are_counted_per_part(inspect):
    found = inspect("python:torch.nn:Linear", "in_features=3", "out_features=5")

    assert found.flops == 2 * 2 * 3 * 5


def test_attention_on_a_cpu_is_counted_and_so_are_parts_within(inspect):
    found = inspect("python:torch.nn:TransformerEncoderLayer", "d_model=8", "nhead=2",
                    "dim_feedforward=16", "batch_first=true")  # fmt: skip

    tokens = 2 * 16
    linear = 2 * tokens * 8 * 16
    attention = 4 * 2 * tokens * 8 * 8 + 2 * 2 * tokens * 16 * 8
    assert found.part("linear1").flops == linear
    assert found.part("self_attn").flops == attention
    assert found.flops == attention + 2 * linear


def test_the_same_reference_gives_the_same_document(inspect):
    one, two = inspect("Net"), inspect("Net")

    assert dumps(one) == dumps(two)
    assert loads(dumps(one)) == one


def test_a_file_is_its_own_distribution(net):
    assert net.distributions[0].name == "net.py"
    assert [one.name for one in net.distributions[1:]] == ["torch"]
    assert net.distributions[1].version


def test_a_lazy_layer_is_what_its_first_call_makes_of_it(folder, inspect):
    with (folder / "net.py").open("a") as file:
        file.write(
            "\ndef lazy():\n"
            "    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.LazyLinear(5))\n"
        )

    found = inspect("lazy")

    assert found.part("2").qualname == "Linear"
    assert not found.part("2").captured
    assert arguments(found.part("2"))["in_features"] == (str(4 * 30 * 30), Source.ATTRIBUTE)
    assert found.weights[2].shape == (5, 4 * 30 * 30)
    assert found.determinism.build
