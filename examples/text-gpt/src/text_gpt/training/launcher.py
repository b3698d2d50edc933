"""Say which extra a sweep's launcher needs, before Hydra fails to find it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from hydra.experimental.callback import Callback

if TYPE_CHECKING:
    from omegaconf import DictConfig


class PluginIsThere(Callback):
    """Stop a sweep whose launcher is not installed."""

    def on_multirun_start(self, config: DictConfig, **_: object) -> None:
        """Look for the launcher's package. Hydra turns errors in here into warnings; an exit it lets pass."""
        package = ".".join(config.hydra.launcher._target_.split(".")[:2])
        if find_spec(package.split(".")[0]) is None or find_spec(package) is None:
            extra = config.hydra.runtime.choices.launcher
            raise SystemExit(
                f"launcher={extra}: the package {package} is not installed\n"
                f"  try: pip install -e '.[{extra}]'"
            )
