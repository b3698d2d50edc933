"""A sweep on a launcher that is not installed says what to install."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from hydra import compose, initialize_config_dir

from text_gpt.training.launcher import PluginIsThere
from text_gpt.training.run import CONFIGS


def config_of(launcher):
    """Compose what Hydra hands to its callbacks."""
    with initialize_config_dir(str(CONFIGS), version_base="1.3"):
        return compose("train", overrides=[f"launcher={launcher}"], return_hydra_config=True)


@pytest.mark.parametrize(("launcher", "package"), [("slurm", "submitit"), ("ray", "ray")])
def test_a_missing_launcher_names_its_extra(launcher, package):
    if find_spec(package):
        pytest.skip("it is installed")

    with pytest.raises(SystemExit, match=rf"\n  try: pip install -e '\.\[{launcher}\]'"):
        PluginIsThere().on_multirun_start(config_of(launcher))


def test_the_local_launcher_is_always_there():
    assert PluginIsThere().on_multirun_start(config_of("local")) is None
