"""Swin's style: attention in shifted windows with a table of relative positions."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from benchmarks.defects.pair import Pair, Row

WIDTH, HEADS, WINDOW, GRID = 16, 2, 4, 8


def relative_index() -> Tensor:
    """For each pair of places in a window, the row of the table that says how far apart."""
    axis = torch.arange(WINDOW)
    rows, columns = torch.meshgrid(axis, axis, indexing="ij")
    flat = torch.stack([rows.flatten(), columns.flatten()])
    far = flat[:, :, None] - flat[:, None, :] + WINDOW - 1
    return far[0] * (2 * WINDOW - 1) + far[1]


class TheirWindowAttention(nn.Module):
    """Attention inside windows that are given one by one in the batch."""

    def __init__(self) -> None:
        super().__init__()
        self.relative_position_bias_table = nn.Parameter(
            torch.randn((2 * WINDOW - 1) ** 2, HEADS) * 0.1
        )
        self.register_buffer("relative_position_index", relative_index(), persistent=False)
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.proj = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """Attend; x is windows, places, width."""
        b, n, c = x.shape
        qkv = self.qkv(x).reshape(b, n, 3, HEADS, c // HEADS).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0] * (c // HEADS) ** -0.5, qkv[1], qkv[2]
        scores = q @ k.transpose(-2, -1)
        bias = self.relative_position_bias_table[self.relative_position_index.view(-1)]
        scores = scores + bias.view(n, n, HEADS).permute(2, 0, 1).unsqueeze(0)
        if mask is not None:
            count = mask.shape[0]
            scores = scores.view(b // count, count, HEADS, n, n) + mask[None, :, None]
            scores = scores.view(b, HEADS, n, n)
        return self.proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, n, c))


class TheirBlock(nn.Module):
    """Window attention and a channel mlp, each with its norm before and its shortcut around."""

    def __init__(self, shift: int) -> None:
        super().__init__()
        self.shift_size = shift
        self.norm1 = nn.LayerNorm(WIDTH)
        self.attn = TheirWindowAttention()
        self.norm2 = nn.LayerNorm(WIDTH)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 32), nn.GELU(), nn.Linear(32, WIDTH))
        self.register_buffer("attn_mask", self._mask() if shift else None, persistent=False)

    def _mask(self) -> Tensor:
        regions = torch.zeros(GRID, GRID)
        cuts = (slice(0, -WINDOW), slice(-WINDOW, -self.shift_size), slice(-self.shift_size, None))
        for i, rows in enumerate(cuts):
            for j, columns in enumerate(cuts):
                regions[rows, columns] = i * 3 + j
        windows = partition(regions[None, :, :, None]).squeeze(-1)
        return torch.where(windows[:, None] == windows[:, :, None], 0.0, -100.0)

    def forward(self, x: Tensor) -> Tensor:
        """Roll, cut into windows, attend, put together, roll back."""
        shortcut, x = x, self.norm1(x)
        if self.shift_size:
            x = torch.roll(x, (-self.shift_size, -self.shift_size), (1, 2))
        x = self.attn(partition(x), self.attn_mask)
        x = x.view(-1, GRID // WINDOW, GRID // WINDOW, WINDOW, WINDOW, WIDTH)
        x = x.permute(0, 1, 3, 2, 4, 5).reshape(-1, GRID, GRID, WIDTH)
        if self.shift_size:
            x = torch.roll(x, (self.shift_size, self.shift_size), (1, 2))
        x = shortcut + x
        return x + self.mlp(self.norm2(x))


def partition(x: Tensor) -> Tensor:
    """Batch, height, width, channels to windows, places, channels."""
    b, h, w, c = x.shape
    x = x.view(b, h // WINDOW, WINDOW, w // WINDOW, WINDOW, c)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, WINDOW * WINDOW, c)


class TheirSwin(nn.Module):
    """Patches, two blocks, patch merging, head."""

    def __init__(self) -> None:
        super().__init__()
        self.patch_embed = nn.Conv2d(3, WIDTH, 2, 2)
        self.blocks = nn.ModuleList([TheirBlock(0), TheirBlock(WINDOW // 2)])
        self.merge_norm = nn.LayerNorm(4 * WIDTH)
        self.reduction = nn.Linear(4 * WIDTH, 2 * WIDTH, bias=False)
        self.norm = nn.LayerNorm(2 * WIDTH)
        self.head = nn.Linear(2 * WIDTH, 6)

    def forward(self, x: Tensor) -> Tensor:
        """Classify images of 3 x 16 x 16."""
        x = self.patch_embed(x).permute(0, 2, 3, 1)
        for block in self.blocks:
            x = block(x)
        corners = [x[:, 0::2, 0::2], x[:, 1::2, 0::2], x[:, 0::2, 1::2], x[:, 1::2, 1::2]]
        x = self.reduction(self.merge_norm(torch.cat(corners, -1)))
        return self.head(self.norm(x).mean((1, 2)))


class Windows(nn.Module):
    """Attention that rolls and cuts by itself, with einsum."""

    def __init__(self, shift: int) -> None:
        super().__init__()
        self.shift = shift
        self.table = nn.Parameter(torch.zeros((2 * WINDOW - 1) ** 2, HEADS))
        self.register_buffer("far", relative_index(), persistent=False)
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)

    def allowed(self) -> Tensor:
        """Which places of a window were neighbours before the roll: windows, places, places."""
        axis = torch.arange(GRID)
        band = (axis >= GRID - WINDOW).long() + (axis >= GRID - self.shift).long()
        regions = band[:, None] * 3 + band[None, :]
        flat = partition(regions[None, :, :, None])[..., 0]
        return flat[:, :, None] == flat[:, None, :]

    def forward(self, x: Tensor) -> Tensor:
        """Attend; x is batch, height, width, channels."""
        if self.shift:
            x = torch.roll(x, shifts=(-self.shift, -self.shift), dims=(1, 2))
        count = (GRID // WINDOW) ** 2
        cut = partition(x).unflatten(0, (-1, count))
        q, k, v = self.qkv(cut).unflatten(-1, (3, HEADS, -1)).unbind(-3)
        scores = torch.einsum("bwihc,bwjhc->bwhij", q, k) * (WIDTH // HEADS) ** -0.5
        scores = scores + self.table[self.far].permute(2, 0, 1)
        if self.shift:
            scores = scores.masked_fill(~self.allowed()[:, None], -torch.inf)
        mixed = torch.einsum("bwhij,bwjhc->bwihc", torch.softmax(scores, dim=-1), v)
        y = self.out(mixed.flatten(-2))
        y = y.unflatten(1, (GRID // WINDOW, -1)).unflatten(3, (WINDOW, WINDOW))
        y = y.transpose(2, 3).flatten(3, 4).flatten(1, 2)
        if self.shift:
            y = torch.roll(y, shifts=(self.shift, self.shift), dims=(1, 2))
        return y


class Layer(nn.Module):
    """Windows, then channels."""

    def __init__(self, shift: int) -> None:
        super().__init__()
        self.norm_a = nn.LayerNorm(WIDTH)
        self.windows = Windows(shift)
        self.norm_b = nn.LayerNorm(WIDTH)
        self.widen = nn.Linear(WIDTH, 32)
        self.act = nn.GELU()
        self.narrow = nn.Linear(32, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Run both with their shortcuts."""
        x = x + self.windows(self.norm_a(x))
        return x + self.narrow(self.act(self.widen(self.norm_b(x))))


class Merge(nn.Module):
    """Four neighbours become one place."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4 * WIDTH)
        self.linear = nn.Linear(4 * WIDTH, 2 * WIDTH, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Gather the neighbours column by column."""
        b, h, w, c = x.shape
        x = x.view(b, h // 2, 2, w // 2, 2, c).permute(0, 1, 3, 4, 2, 5)
        return self.linear(self.norm(x.flatten(3)))


class OurSwin(nn.Module):
    """The same with windows, merging and head as modules."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, WIDTH, 2, 2)
        self.straight = Layer(0)
        self.shifted = Layer(WINDOW // 2)
        self.merge = Merge()
        self.norm = nn.LayerNorm(2 * WIDTH)
        self.fc = nn.Linear(2 * WIDTH, 6)

    def forward(self, x: Tensor) -> Tensor:
        """Classify images of 3 x 16 x 16."""
        x = self.patches(x).permute(0, 2, 3, 1)
        x = self.merge(self.shifted(self.straight(x)))
        return self.fc(self.norm(x).mean(dim=(1, 2)))


def batch() -> tuple[Tensor, ...]:
    """Images that differ from left to right."""
    return (torch.randn(2, 3, 16, 16) + torch.linspace(-1, 2, 16),)


_LAYERS = (("blocks.0", "straight"), ("blocks.1", "shifted"))

SWIN = Pair(
    name="swin",
    theirs=TheirSwin,
    ours=OurSwin,
    batch=batch,
    parts=(
        ("patch_embed", "patches"),
        *(
            (t + a, o + b)
            for t, o in _LAYERS
            for a, b in (
                ("", ""),
                (".norm1", ".norm_a"),
                (".norm2", ".norm_b"),
                (".mlp.0", ".widen"),
                (".mlp.1", ".act"),
                (".mlp.2", ".narrow"),
            )
        ),
        ("merge_norm", "merge.norm"),
        ("reduction", "merge.linear"),
        ("norm", "norm"),
        ("head", "fc"),
    ),
    rows=tuple(
        Row((f"{t}.attn.{a}",), (f"{o}.windows.{b}",))
        for t, o in _LAYERS
        for a, b in (
            ("relative_position_bias_table", "table"),
            ("qkv.weight", "qkv.weight"),
            ("qkv.bias", "qkv.bias"),
            ("proj.weight", "out.weight"),
            ("proj.bias", "out.bias"),
        )
    ),
)
