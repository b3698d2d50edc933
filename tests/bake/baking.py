"""What is done inside a rendering, each in a fresh process that has the heavy imports already.

The functions run in children of a fork server: torch, Lightning and Hydra are imported once, and
two renderings with a package of the same name never meet in one process.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HEAVY = ["torch", "lightning", "hydra", "torchmetrics", "numpy", "pytest", "omegaconf"]


@contextlib.contextmanager
def oven(workers: int = 1) -> Iterator[ProcessPoolExecutor]:
    """Give an executor whose every task runs in a process of its own."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(HEAVY)
    with ProcessPoolExecutor(workers, mp_context=context, max_tasks_per_child=1) as pool:
        yield pool


def in_each(folders: list[Path], work: Callable[[Path], object]) -> dict[Path, object]:
    """Do one thing in every folder and return what came of it."""
    with oven() as pool:
        return dict(zip(folders, pool.map(work, folders), strict=True))


def group_choices(configs: Path) -> dict[str, list[str]]:
    """Return every group of a configuration folder with its options."""
    return {
        folder.name: sorted(option.stem for option in folder.glob("*.yaml"))
        for folder in sorted(configs.iterdir())
        if folder.is_dir()
    }


def compose_everything(root: Path) -> int:
    """Compose every combination of groups and return how many there were."""
    from hydra import compose, initialize_config_dir  # noqa: PLC0415 - preloaded by the oven

    _enter(root)
    groups = group_choices(root / "configs")
    experiments = ["", *groups.pop("experiment")]
    count = 0
    with initialize_config_dir(str(root / "configs"), version_base=None):
        for experiment, *options in product(experiments, *groups.values()):
            chosen = [f"{group}={option}" for group, option in zip(groups, options, strict=True)]
            extra = [f"+experiment={experiment}"] if experiment else []
            compose("train", overrides=[*extra, *chosen])
            count += 1
    return count


def collect_tests(root: Path) -> tuple[int, str]:
    """Let pytest collect the tests of a rendering; return how many, and what it printed."""
    import pytest  # noqa: PLC0415 - preloaded by the oven

    _enter(root)
    counter = _Counter()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        code = pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider"], plugins=[counter])
    return (counter.count if code == 0 else -int(code)), printed.getvalue()


def _enter(root: Path) -> None:
    os.chdir(root)
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(root / "src")]


class _Counter:
    count = 0

    def pytest_collection_finish(self, session: object) -> None:
        self.count = len(session.items)
