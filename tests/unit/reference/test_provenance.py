"""Where goldens come from is written down, without the time or the place."""

from __future__ import annotations

import json

import torch

from scaffold.reference.provenance import provenance


def test_files_versions_machine_and_switches_are_named(tmp_path):
    adapter = tmp_path / "adapter.py"
    adapter.write_text("one")
    (tmp_path / "model.py").write_text("two")

    found = provenance(adapter, seed=3, threads=1)

    assert list(found["files"]) == ["adapter.py", "model.py"]
    assert found["versions"]["torch"] == torch.__version__
    assert (found["seed"], found["threads"], found["adapter"]) == (3, 1, "adapter.py")
    assert found["precision"]["default"] == "float32"
    assert str(tmp_path) not in json.dumps(found)


def test_a_changed_file_has_another_hash(tmp_path):
    adapter = tmp_path / "adapter.py"
    adapter.write_text("one")
    before = provenance(adapter, seed=0, threads=1)
    adapter.write_text("two")

    after = provenance(adapter, seed=0, threads=1)

    assert before["files"] != after["files"]
    assert before["versions"] == after["versions"]
