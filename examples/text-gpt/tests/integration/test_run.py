"""Training and evaluation, together."""

from __future__ import annotations

from pathlib import Path

import torch
from omegaconf import OmegaConf

from text_gpt.training.eval import evaluate
from text_gpt.training.run import settings
from text_gpt.training.train import train


def weights(run):
    """Read what a training left."""
    return torch.load(Path(run) / "checkpoints" / "last.ckpt", weights_only=True)["state_dict"]


def trained(cfg):
    """Train, with the record of the configuration that the command line keeps."""
    folder = Path(cfg.paths.output)
    (folder / ".hydra").mkdir(parents=True)
    OmegaConf.save(cfg, folder / ".hydra" / "config.yaml")
    return train(cfg)


def test_what_was_trained_is_evaluated(compose, tmp_path):
    cfg = compose()

    metrics = trained(cfg)

    found = evaluate(
        settings("eval", f"run={cfg.paths.output}", f"paths.output={tmp_path / 'eval'}")
    )
    assert found == {name: value for name, value in metrics.items() if name.startswith("test/")}


def test_a_resumed_run_equals_an_uninterrupted_one(compose, tmp_path):
    keep = ["callbacks.last.save_top_k=-1", "callbacks.last.filename='{epoch}'"]
    whole, rest = tmp_path / "whole", tmp_path / "rest"
    train(compose(*keep, f"paths.output={whole}"))

    train(compose(*keep, f"paths.output={rest}", f"resume={whole / 'checkpoints' / '0.ckpt'}"))

    one, two = (
        torch.load(run / "checkpoints" / "1.ckpt", weights_only=True) for run in (whole, rest)
    )
    assert one["global_step"] == two["global_step"] == 8
    before, after = one["state_dict"], two["state_dict"]
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_two_runs_are_equal_to_the_bit(compose, tmp_path):
    runs = [tmp_path / name for name in ("one", "two")]
    for run in runs:
        train(compose(f"paths.output={run}"))

    one, two = map(weights, runs)
    assert all(torch.equal(one[name], two[name]) for name in one)
