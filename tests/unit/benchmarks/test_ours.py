"""scaffold is asked the way its users ask it."""

import pytest

from benchmarks.defects.cases import named
from benchmarks.defects.ours import answered
from benchmarks.defects.policies import every_policy
from benchmarks.defects.policies.answer import Sides


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("convnet/activation.relu6/body.act", "body.act"),
        ("convnet/weight.transposed/body.conv", "body.conv"),
        ("vit/shortcut.forgotten/layers.0", "layers.0"),
    ],
)
def test_a_defect_is_found_where_it_was_planted(name, place):
    said = answered(named(name))

    assert said.differs
    assert said.places[0] == place


@pytest.mark.parametrize("name", ["convnet/nothing/model", "convnet/batchnorm.folded/model"])
def test_what_is_harmless_raises_no_alarm(name):
    said = answered(named(name))

    assert not said.differs
    assert not said.refused


def test_policies_see_the_parts_in_the_order_in_which_they_end():
    sides = Sides(named("convnet/weight.transposed/body.conv"))
    answers = {policy.name: policy.answer(sides) for policy in every_policy() if policy.one_in == 1}

    assert answers["allclose 1e-5"].differs
    assert answers["allclose 1e-5"].places[0] == "body.conv"
    assert answers["torch._dynamo.utils.same"].differs


def test_nothing_is_found_in_nothing():
    sides = Sides(named("vit/nothing/model"))
    answers = [policy.answer(sides) for policy in every_policy() if policy.one_in == 1]

    assert not [answer for answer in answers if answer.differs]


def test_a_policy_answers_its_share_of_the_cases():
    policy = every_policy()[0]

    assert policy.one_in == 1
    assert policy.asks(named("vit/nothing/model"))
