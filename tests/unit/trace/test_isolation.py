"""Neighbours are importable by name while code of a folder runs, and at no other time."""

from __future__ import annotations

import sys
from types import ModuleType

from scaffold.trace.isolation import Isolation


def folder(root, name, **files):
    place = root / name
    place.mkdir()
    for stem, text in files.items():
        (place / f"{stem}.py").write_text(text)
    return place


def test_two_folders_may_name_a_module_alike(tmp_path):
    for name in ("one", "two"):
        folder(tmp_path, name, sibling=f"NAME = {name!r}", main="from sibling import NAME")
    path, isolations = list(sys.path), [Isolation(tmp_path / name) for name in ("one", "two")]

    loaded = [
        isolation.load(tmp_path / name / "main.py", name=f"_scaffold_subject_{name}")
        for isolation, name in zip(isolations, ("one", "two"), strict=True)
    ]

    assert [module.NAME for module in loaded] == ["one", "two"]
    assert "sibling" not in sys.modules
    assert sys.path == path


def test_a_late_import_finds_the_neighbour_that_was_loaded_before(tmp_path):
    text = "import sibling\ndef late():\n    import sibling as again\n    return again is sibling"
    place, isolation = folder(tmp_path, "one", sibling="", main=text), Isolation(tmp_path / "one")
    module = isolation.load(place / "main.py", name="_scaffold_subject_late")

    with isolation():
        assert module.late()


def test_a_module_of_the_same_name_comes_back_afterwards(tmp_path):
    place = folder(tmp_path, "one", sibling="NAME = 1", main="from sibling import NAME")
    sys.modules["sibling"] = other = ModuleType("sibling")
    try:
        module = Isolation(place).load(place / "main.py", name="_scaffold_subject_other")

        assert module.NAME == 1
        assert sys.modules["sibling"] is other
    finally:
        del sys.modules["sibling"]


def test_the_standard_library_keeps_its_names(tmp_path):
    place = folder(tmp_path, "one", random="NAME = 1", main="import random")
    before = sys.modules.get("random")

    Isolation(place).load(place / "main.py", name="_scaffold_subject_std")

    assert sys.modules.get("random") is before


def test_a_path_that_a_file_adds_counts_only_for_that_file(tmp_path):
    place = folder(
        tmp_path,
        "one",
        main="import sys\nsys.path.append(__file__.replace('one', 'two').replace('main.py', ''))\n"
        "def late():\n    import vendored\n    return vendored.NAME",
    )
    folder(tmp_path, "two", vendored="NAME = 2")
    path, isolation = list(sys.path), Isolation(place)
    module = isolation.load(place / "main.py", name="_scaffold_subject_path")

    with isolation():
        assert module.late() == 2
    assert sys.path == path
    assert "vendored" not in sys.modules


def test_packages_of_a_source_folder_are_found_without_being_installed(tmp_path):
    package = tmp_path / "src" / "not_installed"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("ANSWER = 42\n")
    (tmp_path / "ours").mkdir()
    file = tmp_path / "ours" / "candidate.py"
    file.write_text("def build(size):\n    from not_installed import ANSWER\n    return ANSWER\n")

    found = Isolation(file.parent, (tmp_path / "src",))
    module = found.load(file, name="_scaffold_subject_sources")
    with found():
        answer = module.build("twin")

    assert answer == 42
    assert "not_installed" not in sys.modules
    assert str(tmp_path / "src") not in sys.path
