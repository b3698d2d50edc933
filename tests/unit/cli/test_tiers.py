"""The full model beside its twin, as a user of `record`, `compare` and pytest meets it."""

import json
import shutil
from pathlib import Path

import pytest

from scaffold.cli.app import run
from scaffold.core.comparison import Rung
from scaffold.golden import Bundle
from scaffold.testing.collect import Collection

PAIR = Path(__file__).parents[1] / "testing" / "pair"
IN_TWO_SIZES = {
    "reference/adapter.py": (
        ("def __init__(self):", "def __init__(self, hidden):"),
        ("nn.Linear(8, 16)", "nn.Linear(8, hidden)"),
        ("nn.Linear(16, 8)", "nn.Linear(hidden, 8)"),
        ("return Block()", "return Block(16 if size == 'twin' else 40)"),
    ),
    "tests/parity/candidate.py": (
        ("nn.Linear(8, 16)", "nn.Linear(8, hidden)"),
        ("nn.Linear(16, 8)", "nn.Linear(hidden, 8)"),
        (
            "class Residual(nn.Module):\n    def __init__(self):",
            "class Residual(nn.Module):\n    def __init__(self, hidden):",
        ),
        ("return Residual()", "return Residual(16 if size == 'twin' else 40)"),
    ),
}
OTHER_AT_FULL_SIZE = (
    "self.bend, self.narrow = Bend(),",
    "self.bend, self.narrow = Bend() if hidden == 16 else nn.GELU('tanh'),",
)


def plant(root, name, *changes):
    path = root / name
    text = path.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    root = tmp_path_factory.mktemp("pair") / "repository"
    shutil.copytree(PAIR, root, ignore=shutil.ignore_patterns("__pycache__"))
    for name, changes in IN_TWO_SIZES.items():
        plant(root, name, *changes)
    assert run(["record", str(root), "--tier", "T1"]) == 0
    return root


@pytest.fixture
def repository(recorded, tmp_path):
    return shutil.copytree(recorded, tmp_path / "repository")


def test_both_are_recorded_and_the_second_time_both_are_kept(repository, capsys):
    assert run(["record", str(repository), "--tier", "T1"]) == 0

    assert capsys.readouterr().out == (
        "bit-equal to the goldens that are there\n"
        f"kept {repository / 'goldens' / 'twin'} as it is\n"
        "bit-equal to the goldens that are there\n"
        f"kept {repository / 'goldens' / 'full'} as it is\n"
    )


def test_what_was_written_is_told_with_its_size(repository, capsys):
    shutil.rmtree(repository / "goldens" / "full")

    assert run(["record", str(repository)]) == 0

    assert f"wrote {repository / 'goldens' / 'full'}: " in (said := capsys.readouterr().out)
    assert " sketches, " in said.splitlines()[-1]


def test_a_program_is_told_of_both_and_of_the_bytes(repository, capsys):
    assert run(["record", str(repository), "--format", "json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["full"]["folder"].endswith("goldens/full")
    assert told["full"]["drift"]["verdict"] == "equal"
    assert 0 < told["bytes"] < told["budget"] == 1_000_000


def test_a_bundle_over_the_budget_is_told_with_its_largest_pieces(repository, capsys):
    plant(repository, "reengineering.toml", ("[parity]", "[parity]\nbudget = 5000"))

    assert run(["record", str(repository)]) == 0

    said = capsys.readouterr().err
    assert said.startswith("warning: the goldens to commit have ")
    assert "bytes, and the budget is 5,000; largest: twin/manifest.json" in said
    assert said.endswith("\n  try: a smaller twin, or budget = BYTES in the [parity] table\n")


def test_both_agree_and_the_full_model_has_rows_of_its_own(repository, capsys):
    assert run(["compare", str(repository), "--rung", "forward"]) == 0

    shown = capsys.readouterr().out
    assert "full/narrow" in shown
    assert "full model: 5 of 5 parts are judged by sketches on probes normal" in shown


def test_a_defect_that_only_the_full_model_shows_is_found(repository, capsys):
    plant(repository, "tests/parity/candidate.py", OTHER_AT_FULL_SIZE)

    assert run(["compare", str(repository), "--rung", "forward"]) == 1
    assert "first divergence: full/bend\n" in capsys.readouterr().out
    assert run(["compare", str(repository), "--rung", "forward", "--tier", "T1"]) == 1
    shown = capsys.readouterr().out
    assert "first divergence: full/bend\n" in shown
    assert "full model: 5 parts are judged alone on full tensors (tier T1)" in shown


def test_tier_t1_with_an_empty_cache_could_not_work(repository, capsys):
    shutil.rmtree(repository / "goldens" / ".cache")

    assert run(["compare", str(repository), "--tier", "T1"]) == 2

    said = capsys.readouterr().err
    assert "full tensors are not in the cache, which tier T1 needs\n  try: record again" in said


def test_a_truncated_bundle_of_the_full_model_could_not_work(repository, capsys):
    shard = repository / "goldens" / "full" / "tensors-00.safetensors"
    shard.write_bytes(shard.read_bytes()[:-9])

    assert run(["compare", str(repository)]) == 2
    assert "the shard is truncated" in capsys.readouterr().err


def test_a_full_model_that_was_left_out_is_told_each_time(repository, capsys):
    shutil.rmtree(repository / "goldens")
    assert run(["record", str(repository), "--no-full"]) == 0

    assert Bundle.read(repository / "goldens" / "twin").table("full")["recorded"] is False
    assert not (repository / "goldens" / "full").exists()
    assert run(["compare", str(repository), "--rung", "forward"]) == 0
    assert (
        "note: full model: left out when the goldens were recorded (--no-full), so only its "
        "structure is compared"
    ) in " ".join(capsys.readouterr().out.split())


def test_goldens_of_before_say_how_to_get_those_of_the_full_model(repository, capsys):
    shutil.rmtree(repository / "goldens" / "full")

    assert run(["compare", str(repository), "--rung", "forward"]) == 0
    assert (
        "note: full model: there are no goldens of it (goldens/full), so only its structure is "
        "compared; scaffold record makes them"
    ) in " ".join(capsys.readouterr().out.split())


def test_a_full_model_that_cannot_be_built_does_not_hide_the_twin(repository, capsys):
    plant(repository, "tests/parity/candidate.py",
          ("return Residual(16 if size", ("if size == 'full': raise MemoryError('40 GB')\n"
           "    return Residual(16 if size")))  # fmt: skip

    assert run(["compare", str(repository), "--rung", "forward"]) == 1

    shown = capsys.readouterr().out
    assert "narrow" in shown
    assert "not comparable  full/the model" in shown


def test_every_part_of_the_full_model_is_a_test(repository):
    items = Collection(repository, "T0").items(Rung.FORWARD)

    names = [item.name for item in items]
    assert names[:5] == ["before", "widen", "bend", "narrow", "the model"]
    assert names[5:] == [
        "full/before", "full/widen", "full/bend", "full/narrow", "full/the model",
        "everything-else",
    ]  # fmt: skip
    for item in items:
        item.check()


def test_the_operations_of_a_part_name_the_first_that_differs(repository, capsys):
    assert run(["record", str(repository), "--operations", "act"]) == 0
    place = repository / "goldens" / ".cache" / "operations" / "act"
    assert capsys.readouterr().out == f"wrote {place}: 1 operations\n"
    plant(
        repository, "tests/parity/candidate.py", ("Bend(), nn.Linear", "nn.GELU('tanh'), nn.Linear")
    )

    assert run(["compare", str(repository), "--rung", "forward"]) == 1

    shown = " ".join(capsys.readouterr().out.split())
    assert "first divergence: bend" in shown
    assert (
        "operation 1 of 1 is the first of those that align to give another result: aten.gelu "
        "(different, q "
    ) in shown
