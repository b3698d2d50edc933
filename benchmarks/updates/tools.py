"""Three tools that update: each makes a project, and brings it to the template's next version."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.updates.scenarios import Texts

KEPT = "kept.txt"
"""A file that nobody touches, so that no project is empty."""


@dataclass(frozen=True)
class Tool:
    """How one tool is used."""

    name: str
    template: Callable[[Path, Texts, str], None]
    """Write the template at a version."""
    make: Callable[[Path, Path, Path], None]
    """Bin folder, template, project to be."""
    update: Callable[[Path, Path, Path], int]
    """Bin folder, template, project; gives the exit code."""


def run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program as somebody with a name and no settings of their own."""
    names = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": os.devnull,
             "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}  # fmt: skip
    return subprocess.run(
        words, cwd=folder, env={**os.environ, **names}, capture_output=True, text=True, check=False
    )


def put(root: Path, texts: Texts) -> None:
    """Make a folder hold these texts, and nothing else beside git."""
    root.mkdir(parents=True, exist_ok=True)
    for path in root.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def committed(root: Path, tag: str = "") -> None:
    """Commit everything."""
    if not (root / ".git").exists():
        run(["git", "init", "-q", "-b", "main"], root)
    run(["git", "add", "--all"], root)
    run(["git", "commit", "-q", "--allow-empty", "-m", "state"], root)
    if tag:
        run(["git", "tag", tag], root)


def _copier_template(root: Path, texts: Texts, version: str) -> None:
    form = (
        "_subdirectory: t\n_answers_file: .copier-answers.yml\nname:\n  type: str\n  default: n\n"
    )
    answers = "t/{{ _copier_conf.answers_file }}.jinja"
    inside = {f"t/{name}": text for name, text in texts.items()}
    kept = {"copier.yml": form, answers: "{{ _copier_answers|to_nice_yaml }}", f"t/{KEPT}": "k\n"}
    put(root, {**kept, **inside})
    committed(root, f"v{version}.0.0")


def _copier_make(tools: Path, template: Path, project: Path) -> None:
    words = ["copy", "--defaults", "--quiet", "--vcs-ref=v1.0.0", str(template), str(project)]
    run([str(tools / "copier"), *words], template.parent)


def _copier_update(tools: Path, _: Path, project: Path) -> int:
    return run([str(tools / "copier"), "update", "--defaults", "--quiet"], project).returncode


def _cruft_template(root: Path, texts: Texts, version: str) -> None:
    inside = {f"{{{{cookiecutter.name}}}}/{name}": text for name, text in texts.items()}
    form = {"cookiecutter.json": json.dumps({"name": "project"})}
    put(root, {**form, **inside, f"{{{{cookiecutter.name}}}}/{KEPT}": "k\n"})
    committed(root, f"v{version}")


def _cruft_make(tools: Path, template: Path, project: Path) -> None:
    words = ["create", str(template), "--no-input", "--output-dir", str(project.parent)]
    run([str(tools / "cruft"), *words], template.parent)
    (project.parent / "project").rename(project)


def _cruft_update(tools: Path, _: Path, project: Path) -> int:
    return run([str(tools / "cruft"), "update", "--skip-apply-ask"], project).returncode


def _ours_template(root: Path, texts: Texts, version: str) -> None:
    form = "_subdirectory: t\n_templates_suffix: .jinja\nname:\n  type: str\n  default: n\n"
    inside = {f"t/{name}": text for name, text in texts.items()}
    table = f'schema = 1\nid = "bench"\nversion = "{version}"\n'
    put(root, {"copier.yml": form, "house.toml": table, f"t/{KEPT}": "k\n", **inside})


def _ours_make(tools: Path, template: Path, project: Path) -> None:
    words = ["new", str(project), "--defaults", "--no-git", "--house", str(template)]
    run([str(tools / "scaffold"), *words], template.parent)


def _ours_update(tools: Path, template: Path, project: Path) -> int:
    words = ["update", str(project), "--house", str(template)]
    return run([str(tools / "scaffold"), *words], project).returncode


SCAFFOLD = Tool("scaffold", _ours_template, _ours_make, _ours_update)
COPIER = Tool("copier", _copier_template, _copier_make, _copier_update)
CRUFT = Tool("cruft", _cruft_template, _cruft_make, _cruft_update)


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
