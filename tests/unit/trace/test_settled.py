"""One thread and one seed hold inside the block, and what was before holds after it."""

from __future__ import annotations

import torch

from scaffold.trace.settled import settled


def test_the_block_is_seeded_and_single_threaded_and_leaves_nothing_behind():
    threads, state = torch.get_num_threads(), torch.get_rng_state()

    with settled(3):
        first = torch.rand(2)
        assert torch.get_num_threads() == 1
    with settled(3):
        assert torch.equal(first, torch.rand(2))

    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)
