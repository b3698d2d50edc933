import subprocess
import sys

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.house.workshop import PREFIX, sweep, workshop


def test_a_workshop_is_private_and_gone_afterwards(tmp_path):
    with workshop(tmp_path) as room:
        (room / "x").write_text("x")
        assert room.stat().st_mode & 0o777 == 0o700

    assert list(tmp_path.iterdir()) == []


def test_a_leftover_of_a_dead_process_is_removed_by_the_next(tmp_path):
    code = (
        "import os, sys, pathlib; from scaffold.house.workshop import workshop\n"
        "with workshop(pathlib.Path(sys.argv[1])) as room:\n"
        "    (room / 'x').write_text('x'); os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert len(list(tmp_path.iterdir())) == 1

    sweep(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_workshop_in_use_is_left_alone(tmp_path):
    with workshop(tmp_path) as one, workshop(tmp_path) as other:
        sweep(tmp_path)

        assert one.is_dir()
        assert other.is_dir()


def test_only_what_bears_the_name_is_swept_and_no_link_is_followed(tmp_path):
    kept = tmp_path / f"{PREFIX}mine"
    kept.mkdir()
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "x").write_text("x")
    link = tmp_path / f"{PREFIX}{'0' * 16}"
    link.symlink_to(precious)

    sweep(tmp_path)

    assert kept.is_dir()
    assert link.is_symlink()
    assert (precious / "x").read_text() == "x"


def test_where_no_folder_can_be_made_it_is_said(tmp_path):
    with pytest.raises(ScaffoldError) as caught, workshop(tmp_path / "no"):
        pass

    assert str(caught.value) == (
        f"{tmp_path / 'no'}: no folder can be made here: No such file or directory\n"
        "  try: look at its permissions and its space, or name another place"
    )
    assert list(tmp_path.iterdir()) == []
