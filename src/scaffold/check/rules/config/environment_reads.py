"""Take settings from the configuration, and from nowhere else."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule
from scaffold.core.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from scaffold.check.repository import Repository

_LAUNCHER = frozenset(
    {
        *("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "NODE_RANK"),
        *("CUDA_VISIBLE_DEVICES", "LOCAL_WORLD_SIZE", "SLURM_PROCID", "SLURM_LOCALID"),
        *("SLURM_NTASKS", "SLURM_JOB_ID", "SLURM_NODELIST", "OMP_NUM_THREADS", "HOME", "PATH"),
        *("TOKENIZERS_PARALLELISM", "CUBLAS_WORKSPACE_CONFIG", "PYTHONHASHSEED"),
    }
)
"""What a launcher sets for its processes is no setting of the experiment."""


_OF_A_LAUNCHER = re.compile(
    r"^(OMPI|SLURM|PMI|PMIX|MPI|NCCL|GLOO|TORCHELASTIC|CUDA|XLA|TPU|JAX|OMP|MKL|LSB|PBS)_"
    r"|(^|_)(RANK|WORLD_SIZE|LOCAL_SIZE|NUM_WORKERS|NUM_PROCESSES|PROCESS_INDEX)$"
)
_OF_A_PERSON = re.compile(
    r"TOKEN|SECRET|PASSWORD|API_?KEY|CREDENTIAL|^USER$|^LOGNAME$|^TMPDIR$", re.IGNORECASE
)
"""Secrets and names of people belong to the environment, and into no configuration."""


@rule("CFG003", "setting-from-the-environment", "P14", level=Level.WARNING)
def setting_from_the_environment(repository: Repository) -> Iterator[Found]:
    """Code reads a setting from an environment variable.

    Why: the resolved configuration of a run does not hold it, so the run cannot be repeated.

    Do: make it a key of `configs/`; `${oc.env:NAME}` there is seen and saved.
    """
    for source in repository.own:
        for name, call in source.calls:
            if name in ("os.getenv", "os.environ.get", "os.environ.setdefault") and call.args:
                if name.endswith("setdefault"):
                    continue
                yield from _found(source.path, call.lineno, call.args[0])
        for node in source.all(ast.Subscript):
            read = isinstance(node.ctx, ast.Load)
            if read and source.full_name(node.value) == "os.environ":
                yield from _found(source.path, node.lineno, node.slice)


def _found(path: PurePosixPath, line: int, key: ast.expr) -> Iterator[Found]:
    if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
        return
    apart = _OF_A_LAUNCHER.search(key.value) or _OF_A_PERSON.search(key.value)
    if key.value not in _LAUNCHER and not apart:
        yield Found(where=path, line=line, because=f"reads {key.value} from the environment")
