"""Small functions in two forms: as theirs writes them, and as ours writes them, rightly or wrongly.

Each form is a function of weights and an input, so that it runs in any precision.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable

Weights = dict[str, Tensor]
Function = "Callable[[Weights, Tensor], Tensor]"
HEADS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """One function in theirs' form and in ours."""

    name: str
    theirs: Callable[[Weights, Tensor], Tensor]
    ours: Callable[[Weights, Tensor], Tensor]
    needs: tuple[str, ...] = ()
    """Names of the weights that it takes."""
    harmless: bool = True
    images: bool = False


def weights(width: int, seed: int) -> Weights:
    """Draw the weights that every form takes what it needs from."""
    g = torch.Generator().manual_seed(seed)

    def normal(*shape: int, scale: float = 1.0) -> Tensor:
        return scale * torch.randn(*shape, generator=g)

    side = width**-0.5
    return {
        "matrix": normal(width, width, scale=side),
        "bias": normal(width, scale=0.1),
        "qkv": normal(3 * width, width, scale=side),
        "gain": 1 + normal(width, scale=0.1),
        "shift": normal(width, scale=0.1),
        "mean": normal(width, scale=0.1),
        "variance": torch.exp(normal(width, scale=0.2)),
        "kernel": normal(width, 3, 4, 4, scale=48**-0.5),
    }


def _heads(x: Tensor) -> Tensor:
    return x.unflatten(-1, (HEADS, -1)).transpose(-2, -3)


def _attend(w: Weights, x: Tensor) -> Tensor:
    q, k, v = (_heads(part) for part in functional.linear(x, w["qkv"]).chunk(3, -1))
    return functional.scaled_dot_product_attention(q, k, v).transpose(-2, -3).flatten(-2)


def _attend_written(w: Weights, x: Tensor) -> Tensor:
    q, k, v = (_heads(part) for part in functional.linear(x, w["qkv"]).chunk(3, -1))
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    return (scores.softmax(-1) @ v).transpose(-2, -3).flatten(-2)


def _attend_summed(w: Weights, x: Tensor) -> Tensor:
    q, k, v = (_heads(functional.linear(x, part)) for part in w["qkv"].chunk(3))
    scores = torch.einsum("...qc,...kc->...qk", q * q.shape[-1] ** -0.5, k)
    raised = torch.exp(scores - scores.amax(-1, keepdim=True))
    mixed = torch.einsum("...qk,...kc->...qc", raised, v) / raised.sum(-1, keepdim=True)
    return mixed.transpose(-2, -3).flatten(-2)


def _normed(eps: float) -> Callable[[Weights, Tensor], Tensor]:
    return lambda w, x: functional.layer_norm(x, x.shape[-1:], w["gain"], w["shift"], eps)


def _normed_by_hand(w: Weights, x: Tensor) -> Tensor:
    apart = x - x.mean(-1, keepdim=True)
    return (
        apart * torch.rsqrt(apart.square().mean(-1, keepdim=True) + 1e-6) * w["gain"] + w["shift"]
    )


def _normed_unbiased(w: Weights, x: Tensor) -> Tensor:
    apart = x - x.mean(-1, keepdim=True)
    return apart / torch.sqrt(x.var(-1, keepdim=True) + 1e-6) * w["gain"] + w["shift"]


def _root_mean_square(eps: float) -> Callable[[Weights, Tensor], Tensor]:
    return lambda w, x: functional.rms_norm(x, x.shape[-1:], w["gain"], eps)


def _batch_norm(eps: float) -> Callable[[Weights, Tensor], Tensor]:
    return lambda w, x: (
        functional.batch_norm(x.mT, w["mean"], w["variance"], w["gain"], w["shift"], eps=eps).mT
    )


def _batch_norm_folded(w: Weights, x: Tensor) -> Tensor:
    scale = w["gain"] * torch.rsqrt(w["variance"] + 1e-5)
    return x * scale + (w["shift"] - w["mean"] * scale)


def _linear(w: Weights, x: Tensor) -> Tensor:
    return functional.linear(x, w["matrix"], w["bias"])


def _linear_einsum(w: Weights, x: Tensor) -> Tensor:
    return torch.einsum("...i,oi->...o", x, w["matrix"]) + w["bias"]


def _linear_halves(w: Weights, x: Tensor) -> Tensor:
    cut = x.shape[-1] // 2
    one = x[..., :cut] @ w["matrix"][:, :cut].mT
    return one + x[..., cut:] @ w["matrix"][:, cut:].mT + w["bias"]


def _rounded(dtype: torch.dtype) -> Callable[[Weights, Tensor], Tensor]:
    return lambda w, x: functional.linear(x, w["matrix"].to(dtype).to(x.dtype), w["bias"])


def _patches(w: Weights, x: Tensor) -> Tensor:
    return functional.conv2d(x, w["kernel"], w["bias"], stride=4)


def _patches_unfolded(w: Weights, x: Tensor) -> Tensor:
    columns = functional.unfold(x, 4, stride=4)
    y = w["kernel"].flatten(1) @ columns + w["bias"][:, None]
    return y.unflatten(-1, (x.shape[-2] // 4, x.shape[-1] // 4))


def _gelu(_: Weights, x: Tensor) -> Tensor:
    return functional.gelu(x)


def _gelu_by_tanh(_: Weights, x: Tensor) -> Tensor:
    return functional.gelu(x, approximate="tanh")


def _gelu_by_hand(_: Weights, x: Tensor) -> Tensor:
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))


QKV = ("qkv",)
AFFINE = ("gain", "shift")
BATCH = ("mean", "variance", *AFFINE)
LINEAR = ("matrix", "bias")


def _harmless(
    name: str, needs: tuple[str, ...], theirs: Function, ours: Function, *, images: bool = False
) -> Form:
    return Form(name=name, theirs=theirs, ours=ours, needs=needs, images=images)


HARMLESS: tuple[Form, ...] = (
    _harmless("attention written out", QKV, _attend, _attend_written),
    _harmless("attention by einsum, three projections", QKV, _attend, _attend_summed),
    _harmless("attention by the kernel", QKV, _attend_written, _attend),
    _harmless("LayerNorm by hand", AFFINE, _normed(1e-6), _normed_by_hand),
    _harmless("BatchNorm folded", BATCH, _batch_norm(1e-5), _batch_norm_folded),
    _harmless("GELU by hand", (), _gelu, _gelu_by_hand),
    _harmless("mean as a sum", (), lambda _, x: x.mean(-2), lambda _, x: x.sum(-2) / x.shape[-2]),
    _harmless("linear by einsum", LINEAR, _linear, _linear_einsum),
    _harmless("linear in halves", LINEAR, _linear, _linear_halves),
    _harmless("patches unfolded", ("kernel", "bias"), _patches, _patches_unfolded, images=True),
)

WRONG: tuple[Form, ...] = tuple(
    Form(name=name, theirs=theirs, ours=ours, needs=needs, harmless=False)
    for name, needs, theirs, ours in (
        ("LayerNorm eps 1e-5 for 1e-6", AFFINE, _normed(1e-6), _normed(1e-5)),
        ("LayerNorm unbiased", AFFINE, _normed(1e-6), _normed_unbiased),
        ("RMSNorm eps 1e-5 for 1e-6", AFFINE, _root_mean_square(1e-6), _root_mean_square(1e-5)),
        ("BatchNorm eps 1e-3 for 1e-5", BATCH, _batch_norm(1e-5), _batch_norm(1e-3)),
        ("BatchNorm eps 1.1e-5 for 1e-5", BATCH, _batch_norm(1e-5), _batch_norm(1.1e-5)),
        ("GELU by tanh", (), _gelu, _gelu_by_tanh),
        ("weights through float16", LINEAR, _linear, _rounded(torch.float16)),
        ("weights through bfloat16", LINEAR, _linear, _rounded(torch.bfloat16)),
    )
)
