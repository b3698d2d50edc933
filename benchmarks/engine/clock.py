"""Time several things in turn, so that whatever else the machine does strikes all of them."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(slots=True)
class Times:
    """Seconds of one thing, round by round: of the clock, and of the processor."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def interleaved(subjects: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Times]:
    """Run everything once a round, in an order that changes."""
    found = {name: Times() for name in subjects}
    names = list(subjects)
    for number in range(-1, rounds):  # the first round warms up
        turn = number % len(names)
        for name in (*names[turn:], *names[:turn]):
            gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            made = subjects[name]()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            del made
            if number >= 0:
                found[name].wall.append(wall)
                found[name].cpu.append(cpu)
    return found


def ratio(of: Times, floor: tuple[Times, ...], *, cpu: bool = False) -> float:
    """Give the median over rounds of one time in units of the sum of others."""
    rounds = zip(*((one.cpu if cpu else one.wall) for one in (of, *floor)), strict=False)
    return median(first / sum(rest) for first, *rest in rounds)
