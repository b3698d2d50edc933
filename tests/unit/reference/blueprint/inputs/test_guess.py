"""What a module takes is guessed from its first layers and names, or asked for."""

import pytest
import torch
from torch import nn

from scaffold.core.blueprint import InputKind
from scaffold.core.errors import ScaffoldError
from scaffold.reference.blueprint.inputs import given_inputs, guessed


def found(model, *words, run=None):
    def attempt(batch):
        with torch.no_grad():
            return model.eval()(*batch.args, **batch.kwargs)

    return guessed(model, given_inputs(words), seed=0, where="spec", attempt=run or attempt)


def guess(model, *words):
    rows = found(model, *words).rows
    return [(row.name, row.shape, row.dtype, row.kind.value) for row in rows]


class Classifier(nn.Module):
    """Flattens, so that one size of image alone fits; its head stands first."""

    def __init__(self, side):
        super().__init__()
        self.head = nn.Linear(4 * side * side, 3)
        self.conv = nn.Conv2d(1, 4, 3, padding=1)

    def forward(self, pixels):
        return self.head(self.conv(pixels).flatten(1))


class Flat(nn.Module):
    """A perceptron that takes images."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(784, 2)

    def forward(self, image):
        batch, channels, height, width = image.shape
        return self.inner(image.reshape(batch, channels * height * width))


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(30, 8)

    def forward(self, input_ids, decoder_input_ids, attention_mask):
        return (self.embed(input_ids) * attention_mask[..., None]).sum(1) + self.embed(
            decoder_input_ids
        ).sum(1)


class Lightning(nn.Module):
    example_input_array = torch.zeros(3, 7)

    def forward(self, x):
        assert x.shape == (3, 7)
        return x


class Graph(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 4)

    def forward(self, graph, weights):
        return self.inner(graph["nodes"]) * weights


class Open(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 4)

    def forward(self, *args, **kwargs):
        return self.inner(args[0] if args else kwargs["anything"])


IMAGE, REAL, TOKENS, MASK = "image", "real", "tokens", "mask"


@pytest.mark.parametrize(
    ("model", "rows"),
    [
        (nn.Conv2d(4, 2, 3), [("input", (2, 4, 32, 32), "float32", IMAGE)]),
        (nn.Conv1d(4, 2, 3), [("input", (2, 4, 256), "float32", REAL)]),
        (nn.Conv3d(1, 2, 3), [("input", (2, 1, 16, 32, 32), "float32", IMAGE)]),
        (nn.Linear(7, 2), [("input", (2, 7), "float32", REAL)]),
        (nn.LSTM(5, 3), [("input", (2, 16, 5), "float32", REAL)]),
        (nn.Sequential(nn.Embedding(9, 2)), [("input", (2, 16), "int64", TOKENS)]),
        (Flat(), [("image", (2, 1, 28, 28), "float32", IMAGE)]),
        (Classifier(28), [("pixels", (2, 1, 28, 28), "float32", IMAGE)]),
        (
            Reader(),
            [
                ("input_ids", (2, 16), "int64", TOKENS),
                ("decoder_input_ids", (2, 16), "int64", TOKENS),
                ("attention_mask", (2, 16), "bool", MASK),
            ],
        ),
        (
            nn.MultiheadAttention(4, 2),
            [(name, (2, 16, 4), "float32", REAL) for name in ("query", "key", "value")],
        ),
        (
            nn.Transformer(8, 2, 1, 1, 8, batch_first=True),
            [(name, (2, 16, 8), "float32", REAL) for name in ("src", "tgt")],
        ),
        (nn.Bilinear(3, 4, 2), [("input1", (2, 3), "float32", REAL),
                                ("input2", (2, 4), "float32", REAL)]),
        (nn.Identity(), [("input", (2, 3, 32, 32), "float32", IMAGE)]),
        (nn.Softmax(dim=1), [("input", (2, 3, 32, 32), "float32", IMAGE)]),
        (Lightning(), [("x", (3, 7), "float32", REAL)]),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, nn.Module) else "",
)  # fmt: skip
def test_a_module_runs_on_what_is_guessed(model, rows):
    assert guess(model) == rows


def test_tokens_stay_within_the_table():
    rows = found(nn.Sequential(nn.Embedding(9, 2))).rows

    assert (rows[0].low, rows[0].high) == (0, 8)


def test_what_is_given_is_not_guessed():
    assert guess(Graph(), "graph.nodes=2x4:float32", "weights=2x1:float32") == [
        ("graph", (2, 4), "float32", REAL),
        ("weights", (2, 1), "float32", REAL),
    ]


def test_given_tokens_have_the_range_of_the_table():
    rows = found(nn.Sequential(nn.Embedding(9, 2)), "input=3:int64").rows

    assert (rows[0].low, rows[0].high, rows[0].kind) == (0, 8, InputKind.TOKENS)


def test_a_forward_without_names_takes_any_name():
    assert guess(Open(), "anything=2x4:float32") == [("anything", (2, 4), "float32", REAL)]


FORM = "--input NAME=SHAPE:DTYPE, such as x=2x3x32x32:float32 or ids=2x16:int64:0..99"


def test_what_cannot_be_guessed_is_asked_for():
    with pytest.raises(ScaffoldError) as refused:
        guess(Graph())

    assert str(refused.value) == (
        "spec: cannot guess what Graph takes: forward(graph, weights)\n"
        f"  try: describe every tensor: {FORM}"
    )


def test_what_was_tried_is_told():
    with pytest.raises(ScaffoldError) as refused:
        guess(Classifier(17))

    assert refused.value.what.startswith(
        "cannot guess what Classifier takes: forward(pixels) (tried pixels (2, 1156) float32: "
    )


def test_a_given_input_on_which_it_does_not_run_is_told_with_the_reason():
    with pytest.raises(ScaffoldError) as refused:
        guess(nn.Linear(7, 2), "input=2x3:float32")

    assert str(refused.value) == (
        "spec: does not run on input (2, 3) float32 (RuntimeError: mat1 and mat2 shapes cannot be "
        "multiplied (2x3 and 7x2))\n"
        f"  try: give every input that it needs: {FORM}"
    )


def test_a_name_that_forward_has_not_is_told_with_the_near_ones():
    with pytest.raises(ScaffoldError) as refused:
        guess(nn.Linear(7, 2), "inputs=2x7:float32")

    assert str(refused.value) == (
        "--input inputs: forward takes no 'inputs'\n  try: did you mean input?"
    )


def test_whole_numbers_without_a_table_need_a_range():
    with pytest.raises(ScaffoldError) as refused:
        guess(nn.Linear(7, 2), "input=2x7:int64")

    assert str(refused.value) == (
        "--input input: input is whole numbers, and their range is not known\n"
        "  try: add it: input=2x7:int64:0..99"
    )


def test_what_the_run_that_succeeds_gives_is_kept():
    assert found(nn.Linear(7, 2)).run.shape == (2, 2)


def test_memory_that_runs_out_is_no_wrong_guess():
    def full(_):
        raise MemoryError

    for words in ((), ("input=2x7:float32",)):
        with pytest.raises(MemoryError):
            found(nn.Linear(7, 2), *words, run=full)
