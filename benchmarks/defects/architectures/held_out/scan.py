"""A selective state space: theirs scans over time, ours sums over all earlier times at once."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

WORDS, WIDTH, INNER, STATE, DEPTH = 40, 10, 12, 4, 2


class RMSNorm(nn.Module):
    """Root mean square."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = 1e-5

    def forward(self, x: Tensor) -> Tensor:
        """Normalise the last axis."""
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


class MambaBlock(nn.Module):
    """Gate, short convolution, scan."""

    def __init__(self) -> None:
        super().__init__()
        self.in_proj = nn.Linear(WIDTH, 2 * INNER, bias=False)
        self.conv1d = nn.Conv1d(INNER, INNER, 3, groups=INNER, padding=2)
        self.x_proj = nn.Linear(INNER, 2 * STATE, bias=False)
        self.dt_proj = nn.Linear(INNER, INNER)
        self.A_log = nn.Parameter(torch.log(torch.arange(1.0, STATE + 1)).repeat(INNER, 1))
        self.D = nn.Parameter(torch.ones(INNER))
        self.out_proj = nn.Linear(INNER, WIDTH, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Step after step."""
        u, z = self.in_proj(x).chunk(2, dim=-1)
        u = self.conv1d(u.transpose(1, 2))[..., : x.shape[1]].transpose(1, 2)
        u = functional.silu(u)
        b, c = self.x_proj(u).split(STATE, dim=-1)
        delta = functional.softplus(self.dt_proj(u))
        a = -torch.exp(self.A_log)
        state = torch.zeros(len(x), INNER, STATE, dtype=x.dtype)
        ys = []
        for t in range(x.shape[1]):
            decay = torch.exp(delta[:, t, :, None] * a)
            state = decay * state + delta[:, t, :, None] * b[:, t, None] * u[:, t, :, None]
            ys.append((state * c[:, t, None]).sum(-1))
        y = torch.stack(ys, dim=1) + self.D * u
        return self.out_proj(y * functional.silu(z))


class TheirMamba(nn.Module):
    """Words in, scores of words out."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(WORDS, WIDTH)
        self.norms = nn.ModuleList(RMSNorm(WIDTH) for _ in range(DEPTH))
        self.mixers = nn.ModuleList(MambaBlock() for _ in range(DEPTH))
        self.norm_f = RMSNorm(WIDTH)

    def forward(self, tokens: Tensor) -> Tensor:
        """Predict the next word at each place."""
        x = self.embedding(tokens)
        for norm, mixer in zip(self.norms, self.mixers, strict=True):
            x = x + mixer(norm(x))
        return functional.linear(self.norm_f(x), self.embedding.weight)


class Fading(nn.Module):
    """What was heard fades; all times at once."""

    def __init__(self) -> None:
        super().__init__()
        self.pace = nn.Linear(INNER, INNER)
        self.write = nn.Linear(INNER, STATE, bias=False)
        self.read = nn.Linear(INNER, STATE, bias=False)
        self.rates = nn.Parameter(torch.zeros(INNER, STATE))
        self.now = nn.Parameter(torch.zeros(INNER))

    def forward(self, u: Tensor) -> Tensor:
        """Sum over earlier times, each faded by what lies between."""
        pace = functional.softplus(self.pace(u))
        gone = torch.cumsum(pace, dim=1)
        past = torch.ones(u.shape[1], u.shape[1], dtype=torch.bool).tril()
        between = (gone[:, :, None] - gone[:, None]).masked_fill(~past[..., None], torch.inf)
        fade = torch.exp(-between[..., None] * self.rates.exp())
        heard = torch.einsum("bsi,bsn->bsin", pace * u, self.write(u))
        kept = torch.einsum("btsin,bsin->btin", fade, heard)
        return torch.einsum("btin,btn->bti", kept, self.read(u)) + self.now * u


class Memory(nn.Module):
    """Norm, gate, short convolution, fading."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.RMSNorm(WIDTH, eps=1e-5)
        self.value = nn.Linear(WIDTH, INNER, bias=False)
        self.gate = nn.Linear(WIDTH, INNER, bias=False)
        self.lately = nn.Conv1d(INNER, INNER, 3, groups=INNER)
        self.fading = Fading()
        self.back = nn.Linear(INNER, WIDTH, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """With its shortcut."""
        y = self.norm(x)
        u = self.lately(functional.pad(self.value(y).mT, (2, 0))).mT
        u = self.fading(functional.silu(u))
        return x + self.back(u * functional.silu(self.gate(y)))


class OurScan(nn.Module):
    """The same in our words."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.memories = nn.Sequential(*[Memory() for _ in range(DEPTH)])
        self.last = nn.RMSNorm(WIDTH, eps=1e-5)

    def forward(self, tokens: Tensor) -> Tensor:
        """Predict the next word at each place."""
        return self.last(self.memories(self.words(tokens))) @ self.words.weight.t()


def batch() -> tuple[Tensor, ...]:
    """Random sentences."""
    return (torch.randint(0, WORDS, (2, 7)),)


def odd() -> tuple[Tensor, ...]:
    """Longer ones."""
    return (torch.randint(0, WORDS, (1, 12)),)


_SPLIT = ({"op": "split", "axis": 0},)

SCAN = Pair(
    name="scan",
    theirs=TheirMamba,
    ours=OurScan,
    batch=batch,
    odd=odd,
    parts=(
        ("embedding", "words"),
        ("norms.{i}", "memories.{i}.norm"),
        ("mixers.{i}.dt_proj", "memories.{i}.fading.pace"),
        ("mixers.{i}.out_proj", "memories.{i}.back"),
        ("norm_f", "last"),
    ),
    rows=(
        Row(
            ("mixers.{i}.in_proj.weight",),
            ("memories.{i}.value.weight", "memories.{i}.gate.weight"),
            _SPLIT,
        ),
        Row(
            ("mixers.{i}.x_proj.weight",),
            ("memories.{i}.fading.write.weight", "memories.{i}.fading.read.weight"),
            _SPLIT,
        ),
        Row(("mixers.{i}.conv1d.weight",), ("memories.{i}.lately.weight",)),
        Row(("mixers.{i}.conv1d.bias",), ("memories.{i}.lately.bias",)),
        Row(("mixers.{i}.A_log",), ("memories.{i}.fading.rates",)),
        Row(("mixers.{i}.D",), ("memories.{i}.fading.now",)),
    ),
)
