"""Another interpreter makes the same blueprint, and what goes wrong there is told here."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.reference.blueprint.ask import blueprint_of
from scaffold.reference.spec import parse

HERE = Path(sys.executable)


def elsewhere(name, *words, python=HERE, **rest):
    return blueprint_of(parse(f"file:net.py:{name}", words), python=Path(python), **rest)


def interpreter(path, text):
    """A program that stands in the place of an interpreter."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_it_is_the_blueprint_that_would_be_made_here(folder, inspect):
    (folder / "env" / "bin").mkdir(parents=True)
    interpreter(folder / "env" / "bin" / "python", f'exec {HERE} "$@"')
    inputs = ["ids=3x5:int64"]

    here = inspect("Net", "depth=1", seed=3, inputs=inputs)
    there = elsewhere("Net", "depth=1", seed=3, inputs=inputs, python=folder / "env")

    assert there.origin.python == str(folder / "env")
    assert dataclasses.replace(there.origin, python="") == here.origin
    assert (there.parts, there.classes, there.flows) == (here.parts, here.classes, here.flows)
    assert there.inputs == here.inputs
    assert there.inputs[0].shape == (3, 5)


def test_a_failure_there_is_the_same_failure(folder):  # noqa: ARG001 - it holds the file
    with pytest.raises(ScaffoldError) as refused:
        elsewhere("Xyz")

    assert str(refused.value) == (
        "file:net.py:Xyz: has no factory 'Xyz'\n"
        "  try: it has Block, Wide, Net, Noisy, Noise, Fickle, Counts, Refuses, Grows, "
        "TwoThings"
    )


def test_an_interpreter_without_torch_says_how_to_install_it(folder):
    bare = folder / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    python = bare / "bin" / "python"

    with pytest.raises(ScaffoldError) as refused:
        elsewhere("Net", python=python)

    assert str(refused.value) == (
        f"file:net.py:Net: torch is not installed for {python}\n"
        f"  try: {python} -m pip install torch, or give --python with an interpreter that has it"
    )


@pytest.mark.parametrize(
    ("script", "what", "remedy"),
    [
        (
            "echo 'python 3.8' >&2; exit 1",
            "is python 3.8, and a blueprint needs 3.11 or newer",
            "make an environment of python 3.11 for the reference",
        ),
        (
            "echo one >&2; echo two >&2; exit 3",
            "ended with code 3 without an answer: one | two",
            (
                "give the model a smaller size if memory ran out, and else run the same there "
                "without --python"
            ),
        ),
        (
            "kill -9 $$",
            "was ended by signal 9 without an answer",
            (
                "give the model a smaller size if memory ran out, and else run the same there "
                "without --python"
            ),
        ),
    ],
)
def test_an_interpreter_without_an_answer_is_told_of(folder, script, what, remedy):
    python = interpreter(folder / "python3", script)

    with pytest.raises(ScaffoldError) as refused:
        elsewhere("Net", python=python)

    assert (refused.value.what, refused.value.where) == (what, str(python))
    assert refused.value.remedy == remedy


@pytest.mark.parametrize(
    ("name", "what"),
    [("nowhere/python", "there is no such interpreter"), ("net.py", "is no interpreter")],
)
def test_what_is_no_interpreter_is_refused(folder, name, what):
    with pytest.raises(ScaffoldError) as refused:
        elsewhere("Net", python=folder / name)

    assert str(refused.value) == (
        f"--python {folder / name}: {what}\n"
        "  try: give the path of python in the environment of the reference: env/bin/python"
    )


def test_asking_another_interpreter_needs_no_torch_here(folder):
    code = (
        "import sys; from pathlib import Path; from scaffold.reference.spec import parse;"
        "from scaffold.reference.blueprint.ask import blueprint_of;"
        f"found = blueprint_of(parse('file:net.py:Noisy'), python=Path({str(HERE)!r}));"
        "print(len(found.parts), [n for n in ('torch', 'numpy') if n in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True,
        env=os.environ,
    )  # fmt: skip

    assert done.stdout.strip() == "3 []"


def test_a_file_that_no_machine_runs_is_no_interpreter(folder):
    python = folder / "text"
    python.write_text("no program\n")
    python.chmod(0o755)

    with pytest.raises(ScaffoldError) as refused:
        elsewhere("Net", python=python)

    assert str(refused.value) == (
        f"--python {python}: cannot be run (Exec format error)\n"
        "  try: give the path of python in the environment of the reference: env/bin/python"
    )
