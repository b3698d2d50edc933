"""What several tests need."""

from __future__ import annotations

import fcntl
import socket
import struct
import sys

import pytest

from digits_vit.training.run import settings


@pytest.fixture
def compose(tmp_path):
    """Compose a training as small as it gets, which writes below a temporary folder."""

    def composed(*overrides):
        return settings(
            "train",
            "logger=csv",
            "launcher=local",
            "model=vit_twin",
            "data.limit=128",
            "trainer.max_epochs=2",
            f"paths.output={tmp_path / 'run'}",
            f"paths.results={tmp_path / 'results'}",
            *overrides,
        )

    return composed


@pytest.fixture
def loopback():
    """Let processes of this machine reach each other.

    Where the network is cut off with `unshare --net`, the loopback interface is there but down. Whoever made the
    namespace may raise it; everywhere else it is up already and nothing is done.
    """
    if sys.platform != "linux":
        return
    get_flags, set_flags, up = 0x8913, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        name, flags = struct.unpack(
            "16sH14x", fcntl.ioctl(door, get_flags, struct.pack("16sH14x", b"lo", 0))
        )
        if not flags & up:
            fcntl.ioctl(door, set_flags, struct.pack("16sH14x", name, flags | up))
