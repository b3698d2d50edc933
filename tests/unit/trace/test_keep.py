"""A tensor that is handed on is kept once; one that was written to is kept again."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from scaffold.trace import keep
from scaffold.trace.forward import traced
from scaffold.trace.keep import Keeper

LARGE = keep.SMALL_BYTES // 4 + 1


def copies(trace):
    """Every tensor that a trace keeps, once."""
    seen = [
        leaf for call in trace.calls for leaf in (*call.inputs.values(), *call.outputs.values())
    ]
    return {id(leaf): leaf for leaf in seen}.values()


def test_a_chain_of_ten_identities_keeps_one_copy():
    chain = nn.Sequential(*(nn.Identity() for _ in range(10)))

    (kept,) = copies(traced(chain, [torch.arange(3.0)]))

    assert kept.tolist() == [0.0, 1.0, 2.0]


def test_the_bytes_that_are_kept_are_those_of_the_distinct_tensors():
    model = nn.Sequential(nn.Sequential(nn.Linear(4, 8), nn.GELU()), nn.Linear(8, 2)).eval()

    kept = copies(traced(model, [torch.randn(3, 4)]))

    assert sum(leaf.nbytes for leaf in kept) == 3 * (4 + 8 + 8 + 2) * 4


def test_what_is_written_in_place_between_two_sights_is_kept_twice():
    model = nn.Sequential(nn.Identity(), nn.ReLU(inplace=True), nn.Identity())

    trace = traced(model, [torch.tensor([-1.0, 1.0])])

    assert [leaf.tolist() for leaf in copies(trace)] == [[-1.0, 1.0], [0.0, 1.0]]
    assert trace.find("1").args[0].tolist() == [-1.0, 1.0]
    assert trace.find("2").output is trace.find("").output


def test_an_output_that_is_overwritten_later_is_what_it_was():
    class Overwriting(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Identity(), nn.Identity()

        def forward(self, x):
            y = self.first(x + 1)
            y[..., 0] = 9.0
            return self.second(y)

    trace = traced(Overwriting(), [torch.zeros(2)])

    assert trace.find("first").output.tolist() == [1.0, 1.0]
    assert trace.find("second").args[0].tolist() == [9.0, 1.0]


def test_what_is_written_through_a_view_is_kept_again():
    keeper, tensor = Keeper(), torch.zeros(4)
    before = keeper.kept(tensor)

    tensor[:2].fill_(1.0)

    assert keeper.kept(tensor).tolist() == [1.0, 1.0, 0.0, 0.0]
    assert before.tolist() == [0.0] * 4


def test_the_same_memory_under_another_object_is_kept_once():
    keeper, tensor = Keeper(), torch.zeros(4, requires_grad=True)

    assert keeper.kept(tensor) is keeper.kept(tensor.detach())
    assert keeper.kept(tensor) is not keeper.kept(tensor.view(2, 2))


def test_another_object_of_memory_that_was_written_to_is_kept_again():
    keeper, tensor = Keeper(), torch.zeros(4)
    keeper.kept(tensor)
    tensor.fill_(1.0)

    assert keeper.kept(tensor.data).tolist() == [1.0] * 4


def test_a_conjugate_is_another_tensor_in_the_same_memory():
    keeper, tensor = Keeper(), torch.tensor([1 + 2j])

    assert keeper.kept(tensor).tolist() == [1 + 2j]
    assert keeper.kept(tensor.conj()).tolist() == [1 - 2j]
    assert keeper.kept(tensor.conj().imag).tolist() == [-2.0]
    assert keeper.kept(tensor.imag).tolist() == [2.0]


@pytest.mark.parametrize("numbers", [3, LARGE])
def test_memory_that_is_given_away_again_is_another_tensor(numbers):
    keeper = Keeper()

    kept = [keeper.kept(torch.full((numbers,), float(turn))) for turn in range(50)]

    assert [float(leaf.amax()) for leaf in kept] == [float(leaf.amin()) for leaf in kept]
    assert [float(leaf[0]) for leaf in kept] == [float(turn) for turn in range(50)]


def test_a_tensor_whose_memory_is_exchanged_is_kept_again():
    keeper, tensor = Keeper(), torch.zeros(4)
    keeper.kept(tensor)

    tensor.data = torch.ones(4)

    assert keeper.kept(tensor).tolist() == [1.0] * 4


def test_without_a_version_counter_every_sight_is_copied():
    keeper = Keeper()
    with torch.inference_mode():
        tensor = torch.zeros(4)
        before = keeper.kept(tensor)
        tensor.fill_(1.0)
        after = keeper.kept(tensor)

    assert (before.tolist(), after.tolist()) == ([0.0] * 4, [1.0] * 4)


def test_a_sparse_tensor_is_copied():
    tensor = torch.eye(3).to_sparse()

    assert Keeper().kept(tensor).to_dense().equal(torch.eye(3))


@pytest.mark.parametrize(
    "tensor",
    [
        torch.randn(LARGE),
        torch.randn(2, 3, 128, 256).to(memory_format=torch.channels_last),
        torch.randn(512, 256).T,
        torch.randn(1, 512, 1).expand(64, 512, 8),
        torch.randn(LARGE).to(torch.bfloat16),
        torch.randn(LARGE, dtype=torch.complex128),
        torch.randn(LARGE) > 0,
        torch.randn(5 * 2**20),
    ],
    ids=["flat", "channels last", "transposed", "expanded", "bf16", "complex", "bool", "large"],
)
def test_a_large_copy_has_the_values_and_the_layout_of_a_clone(tensor):
    keeper = Keeper()

    kept = [keeper.kept(tensor), keeper.kept(tensor + 0 if tensor.dtype != torch.bool else ~tensor)]

    clone = tensor.clone()
    assert kept[0].equal(clone)
    assert (kept[0].stride(), kept[0].dtype) == (clone.stride(), clone.dtype)
    assert kept[1].equal(tensor) is (tensor.dtype != torch.bool)
    assert kept[0].data_ptr() != tensor.data_ptr()


def test_copies_that_fill_more_than_a_chunk_do_not_overlap():
    keeper = Keeper()
    tensors = [torch.full((LARGE * 7,), float(turn)) for turn in range(40)]

    kept = [keeper.kept(tensor) for tensor in tensors]

    assert sum(tensor.nbytes for tensor in tensors) > 2 * keep.CHUNK_BYTES
    assert all(one.equal(other) for one, other in zip(kept, tensors, strict=True))


def test_a_system_without_huge_pages_copies_all_the_same(monkeypatch):
    monkeypatch.setattr(keep, "_HUGE", False)
    tensor = torch.randn(LARGE)

    assert Keeper().kept(tensor).equal(tensor)


def test_a_copy_is_found_in_nested_values():
    keeper, tensor = Keeper(), torch.zeros(2)

    kept = keeper.kept(({"a": tensor}, [tensor, None], 3))

    assert kept[0]["a"] is kept[1][0] is not tensor
    assert (kept[1][1], kept[2]) == (None, 3)


def test_copies_on_disk_are_what_copies_in_memory_are():
    model = nn.Sequential(nn.Linear(64, 1024), nn.ReLU(inplace=True), nn.Linear(1024, 64)).eval()
    inputs = [torch.randn(300, 64)]

    plain, filed = traced(model, inputs), traced(model, inputs, on_disk=True)
    filed.release()

    for one, other in zip(plain.calls, filed.calls, strict=True):
        assert torch.equal(one.output, other.output)
        assert torch.equal(one.args[0], other.args[0])


def test_large_copies_on_disk_are_pieces_of_a_file_that_can_be_let_go():
    """What memory has to hold is the pieces that are not files: none."""
    keeper = Keeper(on_disk=True)
    tensors = [torch.full((LARGE * 7,), float(turn)) for turn in range(40)]

    kept = [keeper.kept(tensor) for tensor in tensors]
    keeper.release()

    assert sum(map(len, keeper._store._on_disk)) >= sum(tensor.nbytes for tensor in tensors)
    assert all(one.equal(other) for one, other in zip(kept, tensors, strict=True))


def test_a_full_disk_is_no_obstacle(monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keep.os, "posix_fallocate", full)
    keeper, tensor = Keeper(on_disk=True), torch.randn(LARGE)

    assert keeper.kept(tensor).equal(tensor)
    assert keeper._store._on_disk == []
