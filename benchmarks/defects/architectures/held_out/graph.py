"""A graph network with attention: theirs over a dense matrix, ours over a list of edges."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.defects.pair import Pair, Row

FEATURES, WIDTH, CLASSES, SLOPE = 5, 8, 3, 0.2


class GraphAttention(nn.Module):
    """One head over a dense matrix."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.W = nn.Linear(width, WIDTH, bias=False)
        self.a_src = nn.Linear(WIDTH, 1)
        self.a_dst = nn.Linear(WIDTH, 1, bias=False)
        self.bias = nn.Parameter(torch.zeros(WIDTH))

    def forward(self, x: Tensor, adjacency: Tensor) -> Tensor:
        """Each node hears its neighbours and itself."""
        h = self.W(x)
        e = functional.leaky_relu(self.a_src(h) + self.a_dst(h).transpose(1, 2), SLOPE)
        heard = adjacency | torch.eye(x.shape[1], dtype=torch.bool)
        attention = torch.softmax(e.masked_fill(~heard, float("-inf")), dim=-1)
        return torch.matmul(attention, h) + self.bias


class TheirGAT(nn.Module):
    """Two layers and a readout."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = GraphAttention(FEATURES)
        self.norm1 = nn.LayerNorm(WIDTH)
        self.conv2 = GraphAttention(WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH)
        self.classify = nn.Linear(2 * WIDTH, CLASSES)

    def forward(self, x: Tensor, adjacency: Tensor) -> Tensor:
        """Classify graphs."""
        x = functional.elu(self.norm1(self.conv1(x, adjacency)))
        x = x + functional.elu(self.norm2(self.conv2(x, adjacency)))
        return self.classify(torch.cat([x.mean(dim=1), x.max(dim=1).values], dim=-1))


class Hear(nn.Module):
    """One head over edges."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.say = nn.Linear(width, WIDTH, bias=False)
        self.ear = nn.Linear(WIDTH, 1)
        self.mouth = nn.Linear(WIDTH, 1, bias=False)
        self.shift = nn.Parameter(torch.zeros(WIDTH))

    def forward(self, x: Tensor, hears: Tensor, says: Tensor) -> Tensor:
        """Nodes of all graphs in one list."""
        said = self.say(x)
        score = (self.ear(said)[hears] + self.mouth(said)[says])[:, 0]
        score = functional.leaky_relu(score, SLOPE)
        peak = score.new_full((len(x),), -torch.inf).scatter_reduce(0, hears, score, "amax")
        share = torch.exp(score - peak[hears])
        total = share.new_zeros(len(x)).index_add(0, hears, share)
        weight = share / total[hears]
        heard = said.new_zeros(said.shape).index_add(0, hears, weight[:, None] * said[says])
        return heard + self.shift


class OurGraph(nn.Module):
    """Edges first, then two rounds."""

    def __init__(self) -> None:
        super().__init__()
        self.near = Hear(FEATURES)
        self.near_norm = nn.LayerNorm(WIDTH)
        self.far = Hear(WIDTH)
        self.far_norm = nn.LayerNorm(WIDTH)
        self.verdict = nn.Linear(2 * WIDTH, CLASSES)

    def forward(self, x: Tensor, adjacency: Tensor) -> Tensor:
        """Classify graphs."""
        graphs, nodes, _ = x.shape
        loops = torch.eye(nodes, dtype=torch.bool)
        graph, hears, says = (adjacency | loops).nonzero(as_tuple=True)
        hears, says = graph * nodes + hears, graph * nodes + says
        y = functional.elu(self.near_norm(self.near(x.flatten(0, 1), hears, says)))
        y = y + functional.elu(self.far_norm(self.far(y, hears, says)))
        y = y.unflatten(0, (graphs, nodes))
        return self.verdict(torch.cat((y.mean(1), y.amax(1)), -1))


def batch() -> tuple[Tensor, ...]:
    """Random graphs."""
    links = torch.rand(2, 7, 7) < 0.3
    return torch.randn(2, 7, FEATURES) + 0.5, links | links.transpose(1, 2)


def odd() -> tuple[Tensor, ...]:
    """A larger graph."""
    return torch.randn(1, 11, FEATURES), torch.rand(1, 11, 11) < 0.2


GRAPH = Pair(
    name="graph",
    theirs=TheirGAT,
    ours=OurGraph,
    batch=batch,
    odd=odd,
    parts=(("norm1", "near_norm"), ("norm2", "far_norm"), ("classify", "verdict")),
    rows=tuple(
        Row((f"{t}.{a}",), (f"{o}.{b}",))
        for t, o in (("conv1", "near"), ("conv2", "far"))
        for a, b in (
            ("W.weight", "say.weight"),
            ("a_src.weight", "ear.weight"),
            ("a_src.bias", "ear.bias"),
            ("a_dst.weight", "mouth.weight"),
            ("bias", "shift"),
        )
    ),
)
