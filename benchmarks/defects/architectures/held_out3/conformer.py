"""A conformer over sound: half steps, attention with relative places, a gated convolution."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

BANDS, WIDTH, HEADS, REACH, DEPTH, CLASSES = 6, 12, 3, 4, 2, 7


class FeedForward(nn.Module):
    """Norm, two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.layer_norm = nn.LayerNorm(WIDTH)
        self.w_1 = nn.Linear(WIDTH, 2 * WIDTH)
        self.w_2 = nn.Linear(2 * WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Without the shortcut."""
        return self.w_2(functional.silu(self.w_1(self.layer_norm(x))))


class RelativeAttention(nn.Module):
    """A bias for each head and distance."""

    def __init__(self) -> None:
        super().__init__()
        self.linear_q = nn.Linear(WIDTH, WIDTH)
        self.linear_k = nn.Linear(WIDTH, WIDTH)
        self.linear_v = nn.Linear(WIDTH, WIDTH)
        self.linear_out = nn.Linear(WIDTH, WIDTH)
        self.bias = nn.Parameter(0.3 * torch.randn(HEADS, 2 * REACH + 1))

    def forward(self, x: Tensor) -> Tensor:
        """Without the shortcut."""
        b, t, _ = x.shape
        size = WIDTH // HEADS
        q = self.linear_q(x).view(b, t, HEADS, size).transpose(1, 2)
        k = self.linear_k(x).view(b, t, HEADS, size).transpose(1, 2)
        v = self.linear_v(x).view(b, t, HEADS, size).transpose(1, 2)
        distance = torch.arange(t)[None, :] - torch.arange(t)[:, None]
        distance = distance.clamp(-REACH, REACH) + REACH
        scores = torch.matmul(q, k.transpose(-2, -1)) * size**-0.5 + self.bias[:, distance]
        y = torch.matmul(torch.softmax(scores, dim=-1), v)
        return self.linear_out(y.transpose(1, 2).contiguous().view(b, t, WIDTH))


class ConvolutionModule(nn.Module):
    """Pointwise, gate, depthwise, norm, curve, pointwise."""

    def __init__(self) -> None:
        super().__init__()
        self.layer_norm = nn.LayerNorm(WIDTH)
        self.pointwise_conv1 = nn.Conv1d(WIDTH, 2 * WIDTH, 1)
        self.depthwise_conv = nn.Conv1d(WIDTH, WIDTH, 5, padding=2, groups=WIDTH)
        self.batch_norm = nn.BatchNorm1d(WIDTH)
        self.pointwise_conv2 = nn.Conv1d(WIDTH, WIDTH, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Without the shortcut."""
        y = self.layer_norm(x).transpose(1, 2)
        y = functional.glu(self.pointwise_conv1(y), dim=1)
        y = functional.silu(self.batch_norm(self.depthwise_conv(y)))
        return self.pointwise_conv2(y).transpose(1, 2)


class ConformerBlock(nn.Module):
    """Half a step, attention, convolution, half a step, norm."""

    def __init__(self) -> None:
        super().__init__()
        self.ffn1 = FeedForward()
        self.norm_mha = nn.LayerNorm(WIDTH)
        self.self_attn = RelativeAttention()
        self.conv_module = ConvolutionModule()
        self.ffn2 = FeedForward()
        self.norm_final = nn.LayerNorm(WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """All with shortcuts."""
        x = x + 0.5 * self.ffn1(x)
        x = x + self.self_attn(self.norm_mha(x))
        x = x + self.conv_module(x)
        x = x + 0.5 * self.ffn2(x)
        return self.norm_final(x)


class TheirConformer(nn.Module):
    """Frames in, scores of sounds out."""

    def __init__(self) -> None:
        super().__init__()
        self.subsample = nn.Conv1d(BANDS, WIDTH, 3, stride=2, padding=1)
        self.encoders = nn.ModuleList(ConformerBlock() for _ in range(DEPTH))
        self.ctc_lo = nn.Linear(WIDTH, CLASSES)

    def forward(self, frames: Tensor) -> Tensor:
        """Log probabilities at every second frame."""
        x = functional.relu(self.subsample(frames)).transpose(1, 2)
        for encoder in self.encoders:
            x = encoder(x)
        return functional.log_softmax(self.ctc_lo(x), dim=-1)


class Near(nn.Module):
    """Attention whose scores know the distance."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH)
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.proj = nn.Linear(WIDTH, WIDTH)
        self.table = nn.Parameter(torch.zeros(2 * REACH + 1, HEADS))

    def forward(self, x: Tensor) -> Tensor:
        """With its shortcut."""
        b, t, c = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(b, t, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        place = torch.arange(t)
        apart = (place - place[:, None]).clip(-REACH, REACH) + REACH
        scores = torch.einsum("bhqd,bhkd->bhqk", q / (c // HEADS) ** 0.5, k)
        weights = (scores + self.table[apart].permute(2, 0, 1)).softmax(-1)
        mixed = torch.einsum("bhqk,bhkd->bqhd", weights, v)
        return x + self.proj(mixed.flatten(2))


class Short(nn.Module):
    """The gated convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.before = nn.LayerNorm(WIDTH)
        self.wide = nn.Conv1d(WIDTH, 2 * WIDTH, 1)
        self.gate = nn.GLU(dim=1)
        self.deep = nn.Conv1d(WIDTH, WIDTH, 5, padding="same", groups=WIDTH)
        self.norm = nn.BatchNorm1d(WIDTH)
        self.act = nn.SiLU()
        self.back = nn.Conv1d(WIDTH, WIDTH, 1)

    def forward(self, x: Tensor) -> Tensor:
        """With its shortcut."""
        y = self.gate(self.wide(self.before(x).mT))
        return x + self.back(self.act(self.norm(self.deep(y)))).mT


class Half(nn.Module):
    """Half a step."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH)
        self.mix = nn.Sequential(
            nn.Linear(WIDTH, 2 * WIDTH), nn.SiLU(), nn.Linear(2 * WIDTH, WIDTH)
        )

    def forward(self, x: Tensor) -> Tensor:
        """With its shortcut."""
        return x + self.mix(self.norm(x)) / 2


class Sandwich(nn.Module):
    """Attention and convolution between two halves."""

    def __init__(self) -> None:
        super().__init__()
        self.early = Half()
        self.near = Near()
        self.short = Short()
        self.late = Half()
        self.last = nn.LayerNorm(WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """One after the other."""
        return self.last(self.late(self.short(self.near(self.early(x)))))


class OurConformer(nn.Module):
    """The same in our words."""

    def __init__(self) -> None:
        super().__init__()
        self.thin = nn.Conv1d(BANDS, WIDTH, 3, stride=2, padding=1)
        self.layers = nn.Sequential(*[Sandwich() for _ in range(DEPTH)])
        self.sounds = nn.Linear(WIDTH, CLASSES)

    def forward(self, frames: Tensor) -> Tensor:
        """Log probabilities at every second frame."""
        return self.sounds(self.layers(self.thin(frames).relu().mT)).log_softmax(-1)


def batch() -> tuple[Tensor, ...]:
    """Frames with a beat."""
    return (0.5 * torch.randn(2, BANDS, 20) + torch.cos(torch.arange(20.0) / 2),)


def odd() -> tuple[Tensor, ...]:
    """Fewer and odd."""
    return (torch.randn(1, BANDS, 13),)


_A, _B = "encoders.{i}", "layers.{i}"
_INSIDE = (
    ("", ""),
    *(
        (f".{a}{c}", f".{b}{d}")
        for a, b in (("ffn1", "early"), ("ffn2", "late"))
        for c, d in ((".layer_norm", ".norm"), (".w_1", ".mix.0"), (".w_2", ".mix.2"))
    ),
    (".norm_mha", ".near.norm"),
    (".self_attn.linear_out", ".near.proj"),
    (".conv_module.layer_norm", ".short.before"),
    (".conv_module.pointwise_conv1", ".short.wide"),
    (".conv_module.depthwise_conv", ".short.deep"),
    (".conv_module.batch_norm", ".short.norm"),
    (".conv_module.pointwise_conv2", ".short.back"),
    (".norm_final", ".last"),
)

CONFORMER = Pair(
    name="conformer",
    theirs=TheirConformer,
    ours=OurConformer,
    batch=batch,
    odd=odd,
    parts=(
        ("subsample", "thin"),
        *((_A + a, _B + b) for a, b in _INSIDE),
        ("ctc_lo", "sounds"),
    ),
    rows=(
        *(
            Row(
                tuple(f"{_A}.self_attn.linear_{part}.{leaf}" for part in "qkv"),
                (f"{_B}.near.qkv.{leaf}",),
                ({"op": "merge", "axis": 0},),
            )
            for leaf in ("weight", "bias")
        ),
        Row(
            (f"{_A}.self_attn.bias",),
            (f"{_B}.near.table",),
            ({"op": "transpose", "axes": [1, 0]},),
        ),
    ),
)
