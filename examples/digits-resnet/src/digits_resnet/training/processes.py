"""Let several processes be one run, and one process be several runs."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import open_dict, read_write
from torch import distributed

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def one_job() -> Iterator[None]:
    """Run one job of a sweep, with as many processes as the trainer wants, in one folder.

    DDP starts its processes with the command line and the `run.dir` of this one. In a sweep both are those of the
    whole sweep, so they are set to those of the job. Afterwards nothing is left of it that the next would inherit.
    """
    job: Any = HydraConfig.get()
    command, surroundings = list(sys.argv), dict(os.environ)
    sys.argv[1:] = job.overrides.task
    with read_write(job), open_dict(job):
        job.run.dir = job.runtime.output_dir
    try:
        yield
    finally:
        sys.argv[:] = command
        os.environ.clear()
        os.environ.update(surroundings)
        if distributed.is_initialized():
            distributed.destroy_process_group()
