"""Plant one defect at a time in a generated repository: its parity suite fails and names the part.

Each row is a mistake that reengineering really makes (the catalogue's id beside it), planted as one
edit of one file of the repository, as an engineer would make it.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

import pytest

pytestmark = pytest.mark.e2e

PACKAGE = "src/digits_vit"


@dataclass(frozen=True)
class Defect:
    name: str
    row: str
    file: str
    old: str
    new: str
    named: str
    """What the failure must name: part of the id of a failing test, in our names."""


DEFECTS = [
    Defect(
        "layer norm eps",
        "D48",
        "configs/model/vit.yaml",
        "norm_eps: 1.0e-6",
        "norm_eps: 1.0e-5",
        "test_forward[encoder.blocks.0.attention_norm]",
    ),
    Defect(
        "tanh form of GELU",
        "D49",
        f"{PACKAGE}/models/mlp.py",
        'approximate="none"',
        'approximate="tanh"',
        "test_forward[encoder.blocks.0]",
    ),
    Defect(
        "attention scale missing",
        "D56",
        f"{PACKAGE}/models/attention.py",
        " * K**-0.5",
        "",
        "test_forward[encoder.blocks.0.attention]",
    ),
    Defect(
        "attention scaled by the model width",
        "D56",
        f"{PACKAGE}/models/attention.py",
        "K**-0.5",
        "D**-0.5",
        "test_forward[encoder.blocks.0.attention]",
    ),
    Defect(
        "softmax over the wrong axis",
        "D58",
        f"{PACKAGE}/models/attention.py",
        "softmax(dim=-1)",
        "softmax(dim=-2)",
        "test_forward[encoder.blocks.0.attention]",
    ),
    Defect(
        "key, query, value",
        "D57",
        f"{PACKAGE}/conversion/weights.map.toml",
        '.query.weight",\n  "encoder.blocks.{i}.attention.key.weight"',
        '.key.weight",\n  "encoder.blocks.{i}.attention.query.weight"',
        "test_forward[encoder.blocks.0.attention]",
    ),
    Defect(
        "post-norm for pre-norm",
        "D59",
        f"{PACKAGE}/models/block.py",
        "x_BTD + self.attention(self.attention_norm(x_BTD))",
        "self.attention_norm(x_BTD + self.attention(x_BTD))",
        "test_forward[encoder.blocks.0]",
    ),
    Defect(
        "residual dropped",
        "D60",
        f"{PACKAGE}/models/block.py",
        "return x_BTD + self.mlp(",
        "return self.mlp(",
        "test_forward[encoder.blocks.0]",
    ),
    Defect(
        "final norm missing",
        "D59",
        f"{PACKAGE}/models/encoder.py",
        "return self.norm(x_BTD)",
        "return x_BTD",
        "test_forward[encoder]",
    ),
    Defect(
        "first token for the mean",
        "D63",
        f"{PACKAGE}/models/pool.py",
        "x_BTD.mean(dim=1)",
        "x_BTD[:, 0]",
        "test_forward[pool]",
    ),
    Defect(
        "positions left out",
        "D62",
        f"{PACKAGE}/models/vit.py",
        "self.patch(x_BCHW) + self.positions",
        "self.patch(x_BCHW)",
        "test_forward[the model]",
    ),
    Defect(
        "square matrix transposed",
        "D158",
        f"{PACKAGE}/conversion/weights.map.toml",
        'ours = ["encoder.blocks.{i}.attention.output.weight"]',
        'ours = ["encoder.blocks.{i}.attention.output.weight"]\n'
        'transform = [{ op = "transpose", axes = [1, 0] }]',
        "test_forward[encoder.blocks.0.attention]",
    ),
    Defect(
        "loss summed over the batch",
        "D84",
        f"{PACKAGE}/losses/classification.py",
        "(weight_B * entropy_B).mean()",
        "(weight_B * entropy_B).sum()",
        "test_loss[classification value]",
    ),
    Defect(
        "label smoothing forgotten",
        "D87",
        "configs/loss/focal.yaml",
        "label_smoothing: 0.1",
        "label_smoothing: 0.0",
        "test_loss[classification value]",
    ),
    Defect(
        "stop-gradient missing",
        "D88",
        f"{PACKAGE}/losses/classification.py",
        ".detach()",
        "",
        "test_loss[classification gradient]",
    ),
    Defect(
        "decay on norms and biases",
        "D111",
        f"{PACKAGE}/optim/groups.py",
        "parameter.ndim <= 1 or ",
        "",
        "test_optimizer[encoder.norm.weight group]",
    ),
    Defect(
        "warm-up off by one",
        "D118",
        f"{PACKAGE}/optim/schedule.py",
        "(step + 1) / warmup_steps",
        "step / warmup_steps",
        "test_schedule[lr of positions]",
    ),
    Defect(
        "Adam with coupled decay for AdamW",
        "D106",
        f"{PACKAGE}/optim/adamw.py",
        "torch.optim.AdamW(",
        "torch.optim.Adam(",
        "test_optimizer[head.weight update]",
    ),
    Defect(
        "other family of initial values",
        "D130",
        f"{PACKAGE}/models/vit.py",
        "nn.init.xavier_uniform_(layer.weight, gain=1.0)",
        "nn.init.trunc_normal_(layer.weight, std=0.02)",
        "test_init[encoder.blocks.0.mlp.expand.weight]",
    ),
    Defect(
        "no clipping of gradients",
        "D115",
        "configs/trainer/_base.yaml",
        "gradient_clip_val: 1.0",
        "gradient_clip_val: null",
        "test_trace[gradient norm]",
    ),
    Defect(
        "attention weights detached",
        "D89",
        f"{PACKAGE}/models/attention.py",
        "scores_BHTT.softmax(dim=-1) @ v_BHTK",
        "scores_BHTT.softmax(dim=-1).detach() @ v_BHTK",
        "test_backward[encoder.blocks.1.attention]",
    ),
    Defect(
        "a straight-through estimator in one layer",
        "D90",
        f"{PACKAGE}/models/mlp.py",
        'F.gelu(self.expand(x_BTD), approximate="none")',
        "(y := self.expand(x_BTD)) + (F.gelu(y) - y).detach()",
        "test_backward[encoder.blocks.1]",
    ),
    Defect(
        "dropout that the reference has not",
        "D134",
        f"{PACKAGE}/models/mlp.py",
        "return self.contract(h_BTM)",
        "return self.contract(F.dropout(h_BTM, 0.1, self.training))",
        "test_train[encoder.blocks.0]",
    ),
    Defect(
        "noise in training that is scaled away in evaluation",
        "D134",
        f"{PACKAGE}/models/pool.py",
        "x_BTD.mean(dim=1)",
        "x_BTD.mean(dim=1) * (0.9 if self.training else 1.0)",
        "test_train[pool]",
    ),
    Defect(
        "grey values divided by another number",
        "D16",
        f"{PACKAGE}/data/digits.py",
        "LARGEST_GREY = 16.0",
        "LARGEST_GREY = 15.0",
        "test_data[image]",
    ),
    Defect(
        "rows and columns of the images exchanged",
        "D82",
        f"{PACKAGE}/data/digits.py",
        "(grey_HW / LARGEST_GREY)",
        "(grey_HW.T / LARGEST_GREY)",
        "test_data[image]",
    ),
    Defect(
        "accuracy as a mean of batch means",
        "D140",
        f"{PACKAGE}/training/module.py",
        "batch_size=len(labels),",
        "batch_size=1,",
        "test_metrics[accuracy]",
    ),
]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A repository as it is generated."""
    folder = tmp_path_factory.mktemp("planted") / "fresh"
    subprocess.run(
        [sys.executable, "-m", "scaffold", "new", folder, "--defaults", "--no-git"],
        check=True,
        capture_output=True,
    )
    return folder


LADDER = "tests/parity/test_ladder.py"


def test_the_unchanged_repository_passes(fresh):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", LADDER, "-q", "-p", "no:xdist"],
        cwd=fresh,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.row} {defect.name}")
def test_a_planted_defect_fails_the_suite_and_is_named(fresh, tmp_path, warm, defect):
    repository = shutil.copytree(fresh, tmp_path / "planted")
    path = repository / defect.file
    text = path.read_text(encoding="utf-8")
    assert defect.old in text, f"{defect.file} no longer has {defect.old!r}"
    path.write_text(text.replace(defect.old, defect.new), encoding="utf-8")

    rung = defect.named.partition("[")[0]
    done = warm.run(
        "pytest", f"{LADDER}::{rung}", "-q", "-p", "no:hypothesispytest", cwd=repository
    )

    assert done.returncode == 1, done.stdout[-3000:]
    failed = re.findall(r"^FAILED \S+::(test_\w+\[[^\]]*\])", done.stdout, re.MULTILINE)
    assert defect.named in failed, "\n".join(failed)
