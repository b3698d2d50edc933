"""Build without the network: what wants to reach it is stopped, and told of."""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SWITCHES = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
"""What the libraries of the hub read when they are imported."""

_LOCAL = ("127.0.0.1", "::1", "localhost")


@contextmanager
def offline() -> Iterator[list[str]]:
    """Run a block that cannot look up or reach another machine; gives what it wanted to reach."""
    reached: list[str] = []
    before = {name: os.environ.get(name) for name in SWITCHES}
    connect, lookup = socket.socket.connect, socket.getaddrinfo

    def refuse_connect(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - as python has it
        if not isinstance(address, tuple) or address[0] in _LOCAL:
            return connect(self, address)
        reached.append(str(address[0]))
        raise OSError(f"no network: {address[0]}")

    def refuse_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - likewise
        if host is None or host in _LOCAL:
            return lookup(host, *args, **kwargs)
        reached.append(str(host))
        raise OSError(f"no network: {host}")

    os.environ.update(SWITCHES)
    socket.socket.connect = refuse_connect  # type: ignore[method-assign,assignment] # put back below
    socket.getaddrinfo = refuse_lookup
    try:
        yield reached
    finally:
        socket.socket.connect, socket.getaddrinfo = connect, lookup  # type: ignore[method-assign]
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
