"""Every combination of the groups composes, and everything it names exists.

Data, model, trainer and experiment meddle with each other and are composed in every combination. A logger or a
launcher is shown to stay within its own node, so it may be combined with each of these.
"""

from __future__ import annotations

from itertools import product
from math import prod

import pytest
from hydra import compose, initialize_config_dir
from hydra.utils import get_object
from omegaconf import OmegaConf

from digits_vit.training.run import CONFIGS

GROUPS = {
    folder.name: sorted(file.stem for file in folder.glob("[!_]*.yaml"))
    for folder in sorted(CONFIGS.iterdir())
    if folder.is_dir()
}
GROUPS["experiment"].append("")  # none
ALONE = {"logger": ("logger",), "launcher": ("hydra", "launcher")}
"""Groups that stay within a node of their own."""
TOGETHER = {name: choices for name, choices in GROUPS.items() if name not in ALONE}
NEEDS_AN_EXTRA = ("hydra_plugins.",)


def composed(**choices):
    """Compose a training, resolve every reference in it, and give it as plain values."""
    overrides = [f"{group}={choice}" for group, choice in choices.items() if choice]
    cfg = compose("train", overrides=[*overrides, "paths.output=here"], return_hydra_config=True)
    OmegaConf.set_struct(cfg, value=False)
    hydra = cfg.pop("hydra")
    return OmegaConf.to_container(cfg, resolve=True, throw_on_missing=True) | {
        "hydra": {"launcher": OmegaConf.to_container(hydra.launcher), "mode": hydra.mode}
    }


@pytest.fixture(scope="module", autouse=True)
def configs():
    """Compose from the repository's own folder."""
    with initialize_config_dir(str(CONFIGS), version_base="1.3"):
        yield


def targets(node):
    """Give every `_target_` below a node."""
    if isinstance(node, dict):
        if "_target_" in node:
            yield node["_target_"]
        for child in node.values():
            yield from targets(child)


def without(cfg, path):
    """Give a configuration without one node."""
    first, *rest = path
    kept = {name: value for name, value in cfg.items() if name != first}
    return kept | ({first: without(cfg[first], rest)} if rest else {})


def test_every_combination_of_what_meddles_composes(record_property):
    for choice in product(*TOGETHER.values()):
        cfg = composed(**dict(zip(TOGETHER, choice, strict=True)))

        fits = [
            cfg["model"][name] == cfg["data"][name]
            for name in ("channels", "image_size", "classes")
        ]
        assert all(fits), choice
    record_property("combinations", prod(map(len, GROUPS.values())))


@pytest.mark.parametrize("group", ALONE)
def test_a_logger_or_launcher_stays_within_its_own_node(group):
    path = ALONE[group]
    rests = [without(composed(**{group: choice}), path) for choice in GROUPS[group]]

    assert all(rest == rests[0] for rest in rests)
    mention = "$" + "{" + ".".join(path)
    assert not [file for file in CONFIGS.rglob("*.yaml") if mention in file.read_text()]


@pytest.mark.parametrize(
    ("group", "choice"),
    [(group, choice) for group, choices in GROUPS.items() for choice in choices if choice],
)
def test_everything_a_choice_names_exists(group, choice):
    for target in targets(composed(**{group: choice})):
        if not target.startswith(NEEDS_AN_EXTRA):
            assert callable(get_object(target)), target


def test_evaluation_composes():
    cfg = compose("eval", overrides=["paths.output=here"])

    assert OmegaConf.to_container(cfg, resolve=True, throw_on_missing=True)["split"] == "test"


def test_an_unknown_setting_is_refused():
    with pytest.raises(Exception, match=r"Could not override 'optimizer\.learning_rate'"):
        compose("train", overrides=["optimizer.learning_rate=1"])
