"""A diagnosis says nothing false: harmless parts have no cause, and neither has the unknown."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from scaffold.core.diagnosis import Diagnosis, Explanation
from scaffold.parity.causes import Sample, diagnose_part, search
from scaffold.parity.causes.bench import part_bench

X, TOKENS, IMAGE = [(4, 8)], [(3, 5, 8)], [(2, 3, 6, 6)]


def written(function, **tensors):
    return lambda w: w(function, **tensors)


def norm(s, x):
    mean = x.mean(-1, keepdim=True)
    variance = (x * x).mean(-1, keepdim=True) - mean * mean
    return (x - mean) / (variance + 1e-5).sqrt() * s.weight + s.bias


def centred(s, x):
    centre = x - x.mean(-1, keepdim=True)
    return centre * torch.rsqrt(centre.square().mean(-1, keepdim=True) + 1e-5) * s.weight + s.bias


def split(x):
    return x.reshape(*x.shape[:2], 2, 4).transpose(1, 2)


def fused(s, x):
    q, k, v = (split(x @ w.T) for w in (s.q, s.k, s.v))
    return functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)


def einsum(s, x):
    q, k, v = (split(torch.einsum("bnd,ed->bne", x, w)) for w in (s.q, s.k, s.v))
    weights = (torch.einsum("bhid,bhjd->bhij", q, k) / math.sqrt(4)).softmax(-1)
    return torch.einsum("bhij,bhjd->bhid", weights, v).transpose(1, 2).flatten(2)


def unfolded(s, x):
    windows = functional.unfold(x, 3).mT
    return (windows @ s.weight.flatten(1).T + s.bias).mT.reshape(len(x), 4, 4, 4)


SQUARE = {"q": (8, 8), "k": (8, 8), "v": (8, 8)}
HARMLESS = {
    "LayerNorm by hand": (
        lambda _: nn.LayerNorm(8),
        written(centred, weight=(8,), bias=(8,)),
        X,
    ),
    "attention by einsum": (written(fused, **SQUARE), written(einsum, **SQUARE), TOKENS),
    "attention by torch": (written(einsum, **SQUARE), written(fused, **SQUARE), TOKENS),
    "convolution as a product": (
        lambda _: nn.Conv2d(3, 4, 3),
        written(unfolded, weight=(4, 3, 3, 3), bias=(4,)),
        IMAGE,
    ),
    "channels last": (
        lambda _: nn.Conv2d(3, 4, 3),
        lambda _: nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last),
        IMAGE,
    ),
    "GELU by hand": (
        lambda _: nn.GELU(),
        written(lambda _, x: x * 0.5 * (1 + torch.erf(x * math.sqrt(0.5)))),
        X,
    ),
    "SiLU by hand": (lambda _: nn.SiLU(), written(lambda _, x: x * x.sigmoid()), X),
    "softmax by hand": (
        lambda _: nn.Softmax(-1),
        written(lambda _, x: (y := (x - x.amax(-1, keepdim=True)).exp()) / y.sum(-1, keepdim=True)),
        X,
    ),
    "linear by hand": (
        lambda _: nn.Linear(8, 6),
        written(lambda s, x: (x[:, None, :] * s.weight).sum(-1) + s.bias, weight=(6, 8), bias=(6,)),
        X,
    ),
    "the same": (lambda _: nn.LayerNorm(8), lambda _: nn.LayerNorm(8), X),
}
HELD_OUT = {
    "one weight is another": (
        lambda _: nn.Linear(8, 6),
        lambda _: nn.Linear(8, 6),
        X,
        {
            "theirs": lambda state: {
                n: v + 0.1 * torch.eye(6, 8) if n == "weight" else v for n, v in state.items()
            }
        },
    ),
    "two defects": (
        written(
            lambda s, x: functional.gelu(
                functional.layer_norm(x, (8,), s.weight, s.bias, 1e-3), approximate="tanh"
            ),
            weight=(8,),
            bias=(8,),
        ),
        written(
            lambda s, x: functional.gelu(functional.layer_norm(x, (8,), s.weight, s.bias, 1e-5)),
            weight=(8,),
            bias=(8,),
        ),
        X,
    ),
    "weights are standardised": (
        written(
            lambda s, x: functional.conv2d(
                x, (s.a - s.a.mean((1, 2, 3), keepdim=True)) / s.a.std((1, 2, 3), keepdim=True)
            ),
            a=(4, 3, 3, 3),
        ),
        written(lambda s, x: functional.conv2d(x, s.a), a=(4, 3, 3, 3)),
        IMAGE,
    ),
    "attention over the nearest": (
        written(
            lambda s, x: (
                (x @ s.a @ x.mT)
                .masked_fill(torch.arange(5).sub(torch.arange(5)[:, None]).abs() > 1, -math.inf)
                .softmax(-1)
                @ x
            ),
            a=(8, 8),
        ),
        written(lambda s, x: (x @ s.a @ x.mT).softmax(-1) @ x, a=(8, 8)),
        TOKENS,
    ),
    "the largest is taken away": (
        written(lambda s, x: (x @ s.a) - (x @ s.a).topk(2, -1).values[..., 1:], a=(8, 8)),
        written(lambda s, x: x @ s.a, a=(8, 8)),
        X,
    ),
    "a squeeze and excitation is missing": (
        written(
            lambda s, x: (
                (y := functional.conv2d(x, s.a)) * torch.sigmoid(y.mean((2, 3), keepdim=True))
            ),
            a=(4, 3, 3, 3),
        ),
        written(lambda s, x: functional.conv2d(x, s.a), a=(4, 3, 3, 3)),
        IMAGE,
    ),
    "two tokens are averaged": (
        written(lambda s, x: (x + x.roll(1, 1)) @ s.a / 2, a=(8, 8)),
        written(lambda s, x: x @ s.a, a=(8, 8)),
        TOKENS,
    ),
    "noise": (
        written(lambda s, x: x @ s.a * (1 + 1e-4 * torch.sin(1e4 * x)), a=(8, 8)),
        written(lambda s, x: x @ s.a, a=(8, 8)),
        X,
    ),
    "a softmax with one more": (
        written(lambda s, x: (y := (x @ s.a).exp()) / (1 + y.sum(-1, keepdim=True)), a=(8, 8)),
        written(lambda s, x: (x @ s.a).softmax(-1), a=(8, 8)),
        [(4, 8)],
    ),
    "a token is added twice": (
        written(lambda s, x: x @ s.a + 0.1 * x[:, :1], a=(8, 8)),
        written(lambda s, x: x @ s.a, a=(8, 8)),
        TOKENS,
    ),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_part_that_is_only_written_otherwise_has_no_cause(name, diagnose):
    found = diagnose(*HARMLESS[name])

    assert found.sentences == ("the part agrees: there is no cause",)
    assert not found.found


@pytest.mark.parametrize("name", HELD_OUT)
def test_what_no_hypothesis_covers_is_said_to_have_none(name, diagnose):
    found = diagnose(*HELD_OUT[name])

    assert not found.fits, found.sentences
    assert found.sentences[0].startswith(
        f"no hypothesis fits ({found.tried} tried; the nearest is "
    )


def test_a_part_without_recorded_calls_is_said():
    found = diagnose_part(nn.Linear(2, 2), [])

    assert found.sentences == ("no call was recorded, so nothing could be run",)


def test_a_part_that_fails_on_what_theirs_got_is_said():
    sample = Sample(
        probe="normal", args=(torch.ones(1, 3),), kwargs={}, theirs={"": torch.ones(1, 2)}
    )

    found = diagnose_part(nn.Linear(2, 2), [sample])

    assert found.note.startswith("ours fails on theirs' input (RuntimeError: ")
    assert found.note.endswith("), so nothing could be run")


def test_a_part_is_left_as_it_was():
    part = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8), nn.ReLU(inplace=True)).eval()
    before = {name: value.clone() for name, value in part.state_dict().items()}
    x = torch.ones(4, 8)
    theirs = {"": part(x).detach() * 2}

    diagnose_part(part, [Sample(probe="normal", args=(x,), kwargs={}, theirs=theirs)])

    assert all(torch.equal(value, before[name]) for name, value in part.state_dict().items())
    assert torch.equal(x, torch.ones(4, 8))
    assert "forward" not in vars(part[0])


def test_the_inside_of_what_is_proved_is_left_alone(diagnose):
    theirs = lambda _: nn.Sequential(nn.LayerNorm(8, eps=1e-3), nn.Linear(8, 8))  # noqa: E731
    ours = lambda _: nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 8))  # noqa: E731

    assert diagnose(theirs, ours, X).fits[0].hypothesis == "eps"
    assert not diagnose(theirs, ours, X, {"proved": ("0",)}).fits


def test_code_that_asks_for_float32_is_seen_in_float64(diagnose):
    theirs = written(
        lambda s, x: functional.layer_norm(x.float(), (8,), s.weight, s.bias, 1e-5),
        weight=(8,),
        bias=(8,),
    )
    ours = written(
        lambda s, x: functional.layer_norm(x.float(), (8,), s.weight, s.bias, 1e-6),
        weight=(8,),
        bias=(8,),
    )

    assert [fit.claim for fit in diagnose(theirs, ours, X).fits] == ["eps=1e-05"]


def test_several_that_fit_are_a_group(diagnose):
    theirs = written(lambda s, x: functional.relu6(x) @ s.a, a=(8, 8))
    ours = written(lambda s, x: torch.relu(x) @ s.a, a=(8, 8))

    found = diagnose(lambda _: nn.Hardtanh(0, 6), lambda _: nn.ReLU(), X)

    assert [fit.hypothesis for fit in diagnose(theirs, ours, X).fits] == ["activation"]
    assert found.certain


def test_a_cast_that_no_float64_undoes_is_found():
    """In float64 ours casts too, so the difference of the two runs is no measure of rounding."""

    class Cast(nn.Module):
        def __init__(self, *, casts):
            super().__init__()
            self.layer, self.casts = nn.Linear(8, 8), [casts]

        def forward(self, x):
            y = self.layer(x)
            return y.bfloat16().to(y.dtype) if self.casts[0] else y

    torch.manual_seed(0)
    theirs, ours = Cast(casts=False), Cast(casts=True)
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(64, 8)
    sample = Sample(probe="real", args=(x,), kwargs={}, theirs={"": theirs(x).detach()})

    found = diagnose_part(ours, [sample])

    assert [fit.hypothesis for fit in found.fits] == ["precision"], found.sentences


def test_the_search_ends_when_the_runs_are_spent_and_says_so(monkeypatch):
    monkeypatch.setattr(search, "MOST_EFFORT", 400.0)
    ours, theirs = nn.Linear(8, 8), nn.Linear(8, 8)
    x = torch.randn(4, 8)
    sample = Sample(probe="real", args=(x,), kwargs={}, theirs={"": theirs(x).detach()})

    found = diagnose_part(ours, [sample])

    assert 0 < found.tried < 200
    assert not found.fits
    assert found.sentences[0].startswith(f"no hypothesis fits ({found.tried} tried; the nearest is")
    first, second, third, *rest = found.left
    assert found.sentences[1] == (
        f"the part is large: the runs were spent after {found.tried} trials, and "
        f"{first}, {second}, {third} and {len(rest)} more were not tried in full"
    )


def test_a_large_tensor_costs_more_than_a_small_one():
    def effort(width):
        sample = Sample(probe="real", args=(torch.randn(4, width),), kwargs={}, theirs={})
        return part_bench(nn.Linear(width, width), (sample,)).effort

    assert 1.0 <= effort(8) < 1.1
    assert effort(1024) > 15.0


def test_what_says_less_is_not_tried_once_something_fits(diagnose):
    def norm_with(eps):
        return lambda _: nn.LayerNorm(8, eps=eps)

    found = diagnose(norm_with(1e-5), norm_with(1e-3), X)

    assert [fit.hypothesis for fit in found.fits] == ["eps"]
    assert found.runner_up is not None
    assert found.tried < 60
    assert "; the runner-up is " in found.sentences[0]


def test_a_fit_without_a_runner_up_says_that_there_is_none():
    fit = Explanation(
        hypothesis="eps", claim="eps=1e-05", ours="1e-06", place="here", ratio=1.0, rows=("D47",)
    )

    (said,) = Diagnosis(ours=20.0, fits=(fit,)).sentences

    assert said == (
        "eps=1e-05 reproduces it, q 1; yours is 1e-06, q 20 (here); "
        "the runner-up is none of what was tried"
    )
