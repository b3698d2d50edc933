"""Every defect is caught and its place is named; every harmless rewrite raises nothing."""

from __future__ import annotations

import pytest

_BLOCK = """        x = x + self.attention(self.first(x))
        return x + self.mlp(self.second(x))"""
_SDPA = """        weights = (q @ k.mT * (1 / math.sqrt(q.shape[-1]))).softmax(-1)
        return self.out((weights @ v).transpose(1, 2).flatten(2))"""
_MLP = "        self.down = nn.Linear(2 * width, width)\n"
_GELU = """
    def gelu(self, x):
        return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))
"""
_NORM = "return fn.layer_norm(x, x.shape[-1:], self.gain, self.shift, self.eps)"
_NORM_WRITTEN_OUT = """y = x - x.mean(-1, keepdim=True)
        root = torch.sqrt((y * y).mean(-1, keepdim=True) + self.eps)
        return y / root * self.gain + self.shift"""

DEFECTS = {
    "eps": ("encoder", [("eps=1e-6", "eps=1e-5")], {"blocks.0.first"}),
    "gelu form": (
        "encoder",
        [("fn.gelu(self.up(x))", 'fn.gelu(self.up(x), approximate="tanh")')],
        {"glue before blocks.0.mlp.down"},
    ),
    "attention scale": (
        "encoder",
        [("1 / math.sqrt(q.shape[-1])", "1 / math.sqrt(x.shape[-1])")],
        {"blocks.0.attention"},
    ),
    "query and key swapped": (
        "encoder",
        [
            (
                "q, k, v = split(self.query(x)), split(self.key(x))",
                "q, k, v = split(self.key(x)), split(self.query(x))",
            ),
        ],
        {"blocks.0.attention"},
    ),
    "key and value swapped": (
        "encoder",
        [
            (
                "split(self.key(x)), split(self.value(x))",
                "split(self.value(x)), split(self.key(x))",
            ),
        ],
        {"blocks.0.attention"},
    ),
    "heads interleaved": (
        "encoder",
        [
            (
                "y.unflatten(-1, (self.heads, -1)).transpose(1, 2)",
                "y.unflatten(-1, (-1, self.heads)).movedim(-1, 1)",
            ),
        ],
        {"blocks.0.attention"},
    ),
    "first residual dropped": (
        "encoder",
        [("x = x + self.attention(self.first(x))", "x = self.attention(self.first(x))")],
        {"glue before blocks.0.second"},
    ),
    "second residual dropped": (
        "encoder",
        [("return x + self.mlp(self.second(x))", "return self.mlp(self.second(x))")],
        {"blocks.0"},
    ),
    "post norm": (
        "encoder",
        [
            (
                _BLOCK,
                """        x = self.first(x + self.attention(x))
        return self.second(x + self.mlp(x))""",
            ),
        ],
        {"glue before blocks.0.first"},
    ),
    "maximum for mean": (
        "encoder",
        [("x = x.mean(1)", "x = x.amax(1)")],
        {"glue before mix"},
    ),
    "first token for mean": (
        "encoder",
        [("x = x.mean(1)", "x = x[:, 0]")],
        {"glue before mix"},
    ),
    "last norm missing": (
        "encoder",
        [("x = self.norm(x)", "x = self.norm(x) * 0 + x")],
        {"glue before mix"},
    ),
    "positions missing": (
        "encoder",
        [("x = self.patch(tokens) + self.place", "x = self.patch(tokens) + self.place * 0")],
        {"glue before blocks.0"},
    ),
    "square linear left out": (
        "encoder",
        [("self.head(self.mix(x))", "self.head(fn.linear(x, self.mix.weight, self.mix.bias) + x)")],
        {"glue before mix"},
    ),
    "patches column by column": (
        "encoder",
        [("fn.unfold(images, 2, stride=2)", "fn.unfold(images.mT, 2, stride=2)")],
        {"glue before blocks.0"},
    ),
    "only the second block": (
        "encoder",
        [
            (
                "            x = block(x)",
                "            x = block(x) + (block is self.blocks[1]) * 0.001 * x.roll(1, 1)",
            )
        ],
        {"glue before norm"},
    ),
    "batch norm eps": ("convnet", [("eps=1e-5", "eps=1e-3")], {"units.0.scale1"}),
    "relu6 for relu": (
        "convnet",
        [("y = fn.relu(self.scale1(self.conv1(x)))", "y = fn.relu6(self.scale1(self.conv1(x)))")],
        {"glue before units.0.conv2"},
    ),
    "average for maximum": (
        "convnet",
        [("fn.max_pool2d(x, 2)", "fn.avg_pool2d(x, 2)")],
        {"glue before units.0"},
    ),
    "residual dropped": ("convnet", [("y = y + x", "y = y + 0 * x")], {"units.0"}),
    "padding by reflection": (
        "convnet",
        [
            ("fn.unfold(x, 3, padding=1)", 'fn.unfold(fn.pad(x, (1, 1, 1, 1), mode="reflect"), 3)'),
        ],
        {"stem"},
    ),
    "kernel turned": (
        "convnet",
        [("self.weight.flatten(1) @ windows", "self.weight.flip(2, 3).flatten(1) @ windows")],
        {"stem"},
    ),
    "mean over one axis too few": (
        "convnet",
        [("x.mean((2, 3))", "x.mean(2)[..., 0]")],
        {"glue before mix"},
    ),
    "variance by the wrong statistics": (
        "convnet",
        [("torch.sqrt(self.var + self.eps)", "torch.sqrt(x.var((0, 2, 3)) + self.eps)")],
        {"units.0.scale1"},
    ),
}

HARMLESS = {
    "nothing": ("encoder", []),
    "nothing in the convnet": ("convnet", []),
    "scaled-dot-product attention": (
        "encoder",
        [
            (
                _SDPA,
                """        y = fn.scaled_dot_product_attention(q, k, v)
        return self.out(y.transpose(1, 2).flatten(2))""",
            )
        ],
    ),
    "the scale on the query": (
        "encoder",
        [("(q @ k.mT * (1 / math.sqrt(q.shape[-1])))", "((q / math.sqrt(q.shape[-1])) @ k.mT)")],
    ),
    "einsum": ("encoder", [("(weights @ v)", 'torch.einsum("bhij,bhjd->bhid", weights, v)')]),
    "layer norm written out": ("encoder", [(_NORM, _NORM_WRITTEN_OUT)]),
    "gelu written out": (
        "encoder",
        [
            ("fn.gelu(self.up(x))", "self.gelu(self.up(x))"),
            (_MLP, _MLP + _GELU),
        ],
    ),
    "mean as a sum": ("encoder", [("x.mean(1)", "x.sum(1) / x.shape[1]")]),
    "convolution by the library": (
        "convnet",
        [
            ("y = self.weight.flatten(1) @ windows", "y = fn.conv2d(x, self.weight, padding=1)"),
            ("        y = y.unflatten(-1, x.shape[-2:])\n", ""),
        ],
    ),
    "batch norm by the library": (
        "convnet",
        [
            (
                "x = x - self.mean[:, None, None]",
                "return fn.batch_norm(x, self.mean, self.var, self.gain, self.shift, eps=self.eps)",
            ),
        ],
    ),
    "batch norm folded": (
        "convnet",
        [
            ("x = x - self.mean[:, None, None]", "shift = self.shift - self.mean * gain"),
            ("+ self.shift[:, None, None]", "+ shift[:, None, None]"),
        ],
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_caught_and_its_place_is_named(pairs: dict, name: str):
    pair, changes, places = DEFECTS[name]

    found = pairs[pair].compare(*changes)

    assert not found.agrees
    assert found.first is not None
    assert found.first.place in places


def test_a_square_matrix_that_the_map_transposes_is_caught(pairs: dict):
    """The shapes fit, and the way there and back is an identity: only numbers show it."""
    row = 'ours = "mix.weight"\n'

    found = pairs["encoder"].compare(
        map_changes=[(row, row + 'transform = [{ op = "transpose", axes = [1, 0] }]\n')]
    )

    assert found.first is not None
    assert found.first.place == "mix"
    assert all(row.judgement.verdict.agrees for row in found.rungs)


def test_what_the_next_part_undoes_is_said_but_is_no_divergence(pairs: dict):
    """A scale before a LayerNorm changes nothing that comes out, and yet something within."""
    found = pairs["encoder"].compare(("x = self.norm(x)", "x = self.norm(4 * x)"))

    assert found.first is None
    assert any(
        note.startswith("what reaches norm is not what reached theirs") for note in found.notes
    )


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_rewrite_raises_nothing(pairs: dict, name: str):
    pair, changes = HARMLESS[name]

    found = pairs[pair].compare(*changes)

    assert found.agrees, found.first
    assert found.first is None
