"""`scaffold compare` says why: the hypothesis that reproduces theirs, and the runner-up."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.e2e

CAUSES = {
    "eps": (
        "configs/model/vit.yaml",
        "norm_eps: 1.0e-6",
        "norm_eps: 1.0e-5",
        "eps=1e-06 reproduces it",
    ),
    "gelu": (
        "src/digits_vit/models/mlp.py",
        'approximate="none"',
        'approximate="tanh"',
        "gelu (erf) reproduces it",
    ),
    "smoothing": (
        "configs/loss/focal.yaml",
        "label_smoothing: 0.1",
        "label_smoothing: 0.0",
        "label smoothing 0.1 reproduces it",
    ),
    "stop-gradient": (
        "src/digits_vit/losses/classification.py",
        ".detach()",
        "",
        "detached reproduces it",
    ),
    "decay": (
        "src/digits_vit/optim/adamw.py",
        "torch.optim.AdamW(",
        "torch.optim.Adam(",
        "decoupled decay, times the rate (AdamW) reproduces it",
    ),
}


def scaffold(*words, cwd=None):
    return subprocess.run(
        [sys.executable, "-m", "scaffold", *map(str, words)],
        cwd=cwd,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", CAUSES)
def test_the_cause_of_a_planted_defect_is_told(name, tmp_path):
    file, right, wrong, said = CAUSES[name]
    repository = tmp_path / "planted"
    scaffold("new", repository, "--defaults", "--no-git")
    path = repository / file
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")

    done = scaffold("compare", cwd=repository)

    assert done.returncode == 1, done.stdout + done.stderr
    assert said in " ".join(done.stdout.split())
    assert "the runner-up is" in " ".join(done.stdout.split())
