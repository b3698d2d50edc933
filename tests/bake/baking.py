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
from typing import TYPE_CHECKING

from covering import covering_array

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
    """Return every group of a configuration folder with its options; `_base` is none."""
    return {
        folder.name: sorted(option.stem for option in folder.glob("[!_]*.yaml"))
        for folder in sorted(configs.iterdir())
        if folder.is_dir()
    }


def compose_pairs(root: Path) -> list[str]:
    """Compose what stands there, and combinations in which every two options meet.

    Returns the overrides of each. The full product is composed by the repository's own tests.
    """
    from hydra import compose, initialize_config_dir  # noqa: PLC0415 - preloaded by the oven

    _enter(root)
    groups = group_choices(root / "configs")
    groups["experiment"] = ["", *groups["experiment"]]
    rows = covering_array(groups)
    done = []
    with initialize_config_dir(str(root / "configs"), version_base="1.3"):
        compose("train")
        compose("eval")
        for row in rows:
            overrides = [f"{group}={option}" for group, option in row.items() if option]
            compose("train", overrides=overrides)
            done.append(" ".join(overrides))
    return done


def collect_tests(root: Path) -> tuple[int, str]:
    """Let pytest collect the tests of a rendering; return how many, and what it printed."""
    import pytest  # noqa: PLC0415 - preloaded by the oven

    _enter(root)
    counter = _Counter()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        code = pytest.main(
            [
                *("--collect-only", "-q", "-p", "no:cacheprovider"),
                # Hydra brings a plugin, and the oven has imported it early on purpose.
                *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
            ],
            plugins=[counter],
        )
    return (counter.count if code == 0 else -int(code)), printed.getvalue()


def measure_model(root: Path) -> dict[str, int]:
    """Count the parameters of the configured model, and what one image costs."""
    import torch  # noqa: PLC0415 - preloaded by the oven
    from hydra import compose, initialize_config_dir  # noqa: PLC0415 - likewise
    from hydra.utils import instantiate  # noqa: PLC0415 - likewise
    from torch.utils.flop_counter import FlopCounterMode  # noqa: PLC0415 - likewise

    _enter(root)
    with initialize_config_dir(str(root / "configs"), version_base="1.3"):
        network = instantiate(compose("train").model).eval()
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        network(torch.zeros(1, 1, 8, 8))
    return {
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "flops_per_image": counter.get_total_flops(),
    }


def _enter(root: Path) -> None:
    os.chdir(root)
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(root / "src")]


class _Counter:
    count = 0

    def pytest_collection_finish(self, session: object) -> None:
        self.count = len(session.items)
