"""Training, evaluation and export, together."""

from __future__ import annotations

import json
from pathlib import Path

import lightning as L
import pytest
import torch
import yaml
from omegaconf import OmegaConf
from safetensors.torch import save_file
from scaffold.core.errors import ScaffoldError

from digits_vit.export.onnx import export_run
from digits_vit.training import ledger
from digits_vit.training.eval import evaluate, newest_run, weights_of
from digits_vit.training.run import settings
from digits_vit.training.train import train


def checkpoint(run, name="last"):
    """Read a checkpoint."""
    return torch.load(Path(run) / "checkpoints" / f"{name}.ckpt", weights_only=True)


def trained(cfg):
    """Train, with the record of the configuration that the command line keeps."""
    folder = Path(cfg.paths.output)
    (folder / ".hydra").mkdir(parents=True)
    OmegaConf.save(cfg, folder / ".hydra" / "config.yaml")
    return train(cfg)


def same(one, other):
    """Whether two nested values are equal to the bit."""
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def test_what_was_trained_is_evaluated_and_exported(compose, tmp_path):
    cfg = compose()

    metrics = trained(cfg)

    run = Path(cfg.paths.output)
    places = [f"run={run}", f"paths.output={tmp_path / 'eval'}"]
    found = evaluate(settings("eval", *places))
    assert found == {name: value for name, value in metrics.items() if name.startswith("test/")}
    assert json.loads((tmp_path / "eval" / "metrics.json").read_text()) == found
    save_file(weights_of(run, "last"), tmp_path / "ours.safetensors")
    assert evaluate(settings("eval", *places, f"weights={tmp_path / 'ours.safetensors'}")) == found
    assert export_run(run).stat().st_size > 10_000


def test_a_run_is_written_down(compose):
    cfg = compose("seed=3")

    metrics = train(cfg)

    (line,) = ledger.read(Path(cfg.paths.results))
    assert (line["seed"], line["value"], line["note"]) == (
        3,
        metrics["test/accuracy"],
        "as configured",
    )
    assert {"train/loss_total", "val/accuracy", "test/accuracy"} <= line["metrics"].keys()
    measured = yaml.safe_load((Path(cfg.paths.results) / "measured.yaml").read_text())
    assert measured["measured"][0]["seeds"] == [3]


def test_two_runs_are_equal_to_the_bit(compose, tmp_path):
    runs = [tmp_path / name for name in ("one", "two")]
    for run in runs:
        train(compose("target=null", f"paths.output={run}"))

    one, two = (checkpoint(run) for run in runs)
    for part in ("state_dict", "optimizer_states", "lr_schedulers"):
        assert same(one[part], two[part]), part


class Noise(L.Callback):
    """Disturb gradients at random: a training that draws from the global generator at every step."""

    def on_after_backward(self, trainer, module):
        for parameter in module.parameters():
            parameter.grad += 0.01 * torch.randn_like(parameter)


def test_a_resumed_run_equals_an_uninterrupted_one(compose, tmp_path):
    common = [
        "target=null",
        "trainer.max_epochs=3",
        "data.workers=1",  # it reads ahead before the trainer says which epoch it is
        "callbacks.last.save_top_k=-1",
        "callbacks.last.filename='{epoch}'",
        f"+callbacks.noise._target_={__name__}.Noise",
    ]
    whole, rest = tmp_path / "whole", tmp_path / "rest"
    train(compose(*common, f"paths.output={whole}"))

    train(compose(*common, f"paths.output={rest}", f"resume={whole / 'checkpoints' / '0.ckpt'}"))

    one, two = checkpoint(whole, "2"), checkpoint(rest, "2")
    assert (one["epoch"], one["global_step"]) == (two["epoch"], two["global_step"]) == (2, 6)
    for part in ("state_dict", "optimizer_states", "lr_schedulers"):
        assert same(one[part], two[part]), part
    assert same(one["callbacks"]["Randomness"], two["callbacks"]["Randomness"])


def test_there_is_nothing_to_evaluate_before_the_first_training(tmp_path):
    with pytest.raises(ScaffoldError, match="there is no training to evaluate"):
        newest_run(tmp_path)
