"""A blueprint says which part hands what to which, glue between the parts included."""


def of(blueprint, part, side="inputs", path="0"):
    """The way of a tensor that a part took or gave first."""
    leaves = {leaf.path: leaf for leaf in getattr(blueprint.part(part), side)}
    return next(flow for flow in blueprint.flows if flow.tensor == leaves[path].tensor)


def places(ends):
    return [end.part for end in ends]


def test_calls_stand_in_the_order_in_which_they_began(net):
    assert [call.part for call in net.calls][:7] == [
        "",
        "embed",
        "blocks.0",
        "blocks.0.norm",
        "blocks.0.inner",
        "blocks.0.act",
        "blocks.1",
    ]
    within = {call.part: call.within for call in net.calls}
    assert within["blocks.0.norm"] == "blocks.0"
    assert within["embed"] == ""


def test_an_input_of_the_model_has_its_name(net):
    flow = of(net, "embed")

    assert flow.input == "ids"
    assert places(flow.consumers) == ["", "embed"]
    assert flow.producers == ()


def test_what_one_part_hands_to_the_next_has_producer_and_consumers(net):
    flow = of(net, "blocks.0")

    assert places(flow.producers) == ["embed"]
    assert places(flow.consumers) == ["blocks.0", "blocks.0.norm"]
    assert (flow.shape, flow.dtype) == ((2, 16, 8), "float32")


def test_what_glue_has_made_says_of_what(net):
    flow = of(net, "batch")

    assert flow.producers == ()
    assert flow.made_of == (of(net, "wide", "outputs", "").tensor,)


def test_an_addition_between_parts_is_the_output_of_the_part_around(net):
    assert places(of(net, "blocks.0", "outputs", "").producers) == ["blocks.0"]


def test_outputs_have_paths_and_a_kind(net):
    assert net.output_kind == "dict"
    assert [(leaf.path, leaf.shape) for leaf in net.outputs] == [
        ("scores", (2, 50)),
        ("pooled", (2, 8)),
    ]


def test_a_part_that_never_runs_has_no_calls(net):
    assert (net.part("idle").calls, net.part("idle").inputs) == (0, ())
    assert net.part("blocks").calls == 0
    assert net.part("wide").calls == 1


def test_an_operation_in_place_is_followed(inspect, folder):
    with (folder / "net.py").open("a") as file:
        file.write(
            "\nclass InPlace(nn.Module):\n"
            "    def __init__(self):\n"
            "        super().__init__()\n"
            "        self.one, self.two = nn.Linear(4, 4), nn.Linear(4, 4)\n"
            "    def forward(self, x):\n"
            "        y = self.one(x)\n"
            "        y += x\n"
            "        return self.two(y)\n"
        )

    found = inspect("InPlace")
    flow = of(found, "two")

    assert flow.producers == ()
    assert set(flow.made_of) == {of(found, "one").tensor, of(found, "one", "outputs", "").tensor}


def test_an_identity_does_not_hide_of_what_glue_made_its_input(inspect, folder):
    with (folder / "net.py").open("a") as file:
        file.write(
            "\nclass Through(nn.Module):\n"
            "    def __init__(self):\n"
            "        super().__init__()\n"
            "        self.one, self.still = nn.Linear(4, 4), nn.Identity()\n"
            "    def forward(self, x):\n"
            "        return self.still(self.one(x) * 2)\n"
        )

    found = inspect("Through")
    flow = of(found, "still")

    assert flow.made_of == (of(found, "one", "outputs", "").tensor,)
    assert places(flow.producers) == ["still", ""]
