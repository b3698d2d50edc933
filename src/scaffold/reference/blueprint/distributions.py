"""Say which installed distributions a model comes from: version, licence, and commit."""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING, Any

import torch

from scaffold.core.blueprint import Distribution, Environment
from scaffold.reference.machine import processor
from scaffold.reference.source import distributions_behind, packages_of, repository_of
from scaffold.reference.spec.spec import SpecSource

if TYPE_CHECKING:
    from torch import nn

    from scaffold.reference.spec.build import Reference


def distributions_of(model: nn.Module, reference: Reference) -> tuple[Distribution, ...]:
    """Give the distributions of the classes of a model, the one of its own class first."""
    found = packages_of(model)
    top = type(model).__module__.partition(".")[0]
    own = distributions_behind(tuple(sys.path)).get(top, [])
    ordered = sorted(found, key=lambda name: (name not in own, name))
    rows = [_distribution(name, found[name]) for name in ordered]
    if own and reference.spec.source is not SpecSource.FILE:
        return tuple(rows)
    # A file, or a module of the working folder, belongs to no distribution; it may to a repository.
    about = repository_of(reference.factory.home)
    home = Distribution(
        name=reference.factory.builder.partition(":")[0],
        version="",
        licence="",
        commit=about.get("commit", ""),
        remote=about.get("remote", ""),
        modified=bool(about.get("dirty", False)),
    )
    return (home, *rows)


def _distribution(name: str, known: dict[str, str]) -> Distribution:
    origin = _origin(name)
    return Distribution(
        name=name,
        version=known["version"],
        licence=known["licence"],
        commit=str(origin.get("vcs_info", {}).get("commit_id", "")),
        remote=str(origin.get("url", "")) if "vcs_info" in origin else "",
    )


def _origin(name: str) -> dict[str, Any]:
    """Read where a distribution was installed from, as pip writes it down (PEP 610)."""
    try:
        text = distribution(name).read_text("direct_url.json")
        found = json.loads(text) if text else {}
    except (PackageNotFoundError, ValueError, OSError):
        return {}
    return found if isinstance(found, dict) else {}


def environment() -> Environment:
    """Describe what the reference runs on."""
    chip = processor()
    return Environment(
        python=platform.python_version(),
        torch=str(torch.__version__),
        platform=f"{platform.system()} {platform.machine()}",
        processor=chip["processor"],
        instructions=chip["instructions"],
        threads=torch.get_num_threads() or os.cpu_count() or 1,
    )
