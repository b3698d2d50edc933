import subprocess
import sys

import pytest

from scaffold.core.comparison import Rung
from scaffold.testing import ParityDivergence
from scaffold.testing.collect import Collection, repository_of


def test_the_repository_is_the_nearest_one_above_the_test(repository):
    inner = repository / "vendored"
    inner.mkdir()
    (inner / "reengineering.toml").touch()

    assert repository_of(inner / "tests" / "test_a.py") == inner
    assert repository_of(repository / "tests" / "test_a.py") == repository


def test_a_test_outside_of_any_repository_has_none(tmp_path):
    assert repository_of(tmp_path / "test_a.py") is None


def test_a_rung_gives_its_items_and_one_for_everything_else(repository):
    items = Collection(repository).items(Rung.FORWARD)

    assert [item.name for item in items] == ["blocks.0.norm", "everything-else"]
    assert items[1].others == {"blocks.0.norm"}


LATER = (Rung.BACKWARD, Rung.TRAIN, Rung.EMA, Rung.DATA, Rung.METRICS, Rung.PRECISION)


@pytest.mark.parametrize("rung", LATER)
def test_a_rung_that_is_newer_than_the_bundle_is_said_and_fails_nothing(repository, rung):
    [item] = Collection(repository).items(rung)

    item.check()
    assert item.name == "not-recorded"
    assert item.silence == "the bundle is older than this rung: record it again"


@pytest.mark.parametrize("rung", [r for r in Rung if r is not Rung.FORWARD and r not in LATER])
def test_a_rung_without_goldens_is_one_item_that_fails(repository, rung):
    [item] = Collection(repository).items(rung)

    assert item.name == "no-goldens"
    with pytest.raises(ParityDivergence) as failure:
        item.check()
    assert str(failure.value) == (
        f"rung {rung} has no goldens\n"
        "  where    goldens/twin\n"
        "  how far  not measured\n"
        "  cause    nothing was recorded on this rung, so nothing is known about it\n"
        "  do       let the reference's adapter define what the rung needs, then: scaffold record"
    )


def test_a_missing_bundle_is_one_item_that_fails_with_the_remedy(repository):
    (repository / "goldens" / "twin" / "manifest.json").unlink()

    [item] = Collection(repository).items(Rung.LOSS)

    assert item.name == "unreadable"
    with pytest.raises(ParityDivergence) as failure:
        item.check()
    assert str(failure.value) == (
        "rung loss could not be compared: there is no bundle here\n"
        f"  where    {repository / 'goldens' / 'twin'}\n"
        "  do       record the bundle again with `scaffold record`"
    )


def test_a_repository_without_a_parity_table_is_one_item_that_fails(repository):
    (repository / "reengineering.toml").write_text("schema = 1\n")

    [item] = Collection(repository).items(Rung.TRACE)

    with pytest.raises(ParityDivergence, match=r"has no \[parity\] table"):
        item.check()


def test_listing_needs_neither_torch_nor_numpy(repository):
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from scaffold.core.comparison import Rung\n"
        "from scaffold.testing.collect import Collection\n"
        f"items = Collection(Path({str(repository)!r})).items(Rung.FORWARD)\n"
        "heavy = {'torch', 'numpy', 'safetensors', 'rich', 'copier'} & set(sys.modules)\n"
        "print(len(items), sorted(heavy))\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "2 []\n"
