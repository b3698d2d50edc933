"""What a generated repository says about itself is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rendering import GATES, front_matter

from scaffold.golden import Bundle
from scaffold.parity.goldens import calls_of, parts_of, probes_of, weights_of

pytestmark = pytest.mark.bake

LINK = re.compile(r"\[[^\]]*\]\((?!https?://|mailto:)([^)#\s]+)(?:#[^)]*)?\)")
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:md|toml|yaml|cff))`")
TASK = re.compile(r"\bmake ([a-z][a-z-]*)")
MADE_BY_RUNS = ("outputs/", "multirun/", "build/", "data/", ".venv/")
PAPER = [
    "purpose",
    "code-availability",
    "framework",
    "networks-referenced",
    "architecture",
    "sub-networks",
    "blocks",
    "custom-layers",
    "losses",
    "output-structure",
    "dataset",
    "pre-processing",
    "output-processing",
    "metrics-and-targets",
    "training-steps",
]
DATASHEET = [
    "Motivation",
    "Composition",
    "Collection process",
    "Preprocessing",
    "Uses",
    "Distribution",
    "Maintenance",
]


def pages(folder):
    return [path for path in sorted(folder.rglob("*.md")) if path.is_file()]


def headings(path, level):
    marks = "#" * level
    return re.findall(rf"^{marks} (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_link_leads_somewhere(folder):
    broken = [
        f"{page.name}: {link}"
        for page in pages(folder)
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]

    assert broken == []


def test_every_path_that_is_named_exists(folder):
    missing = [
        f"{page.relative_to(folder)}: {name}"
        for page in pages(folder)
        for name in PATH.findall(page.read_text(encoding="utf-8"))
        if not name.startswith(MADE_BY_RUNS)
        and not any((base / name).exists() for base in (folder, page.parent, *package(folder)))
        and not any(folder.rglob(name))
    ]

    assert [name for name in missing if "-original" not in name] == []


def package(folder):
    return [path for path in (folder / "src").iterdir() if path.is_dir()]


def test_every_task_that_is_named_is_in_the_makefile(folder):
    makefile = (folder / "Makefile").read_text(encoding="utf-8")
    rules = re.findall(r"^([a-z][a-z -]*):", makefile, re.MULTILINE)
    targets = {target for rule in rules for target in rule.split()}

    named = {
        (path.relative_to(folder).as_posix(), task)
        for path in [*pages(folder), *folder.rglob("*.yml"), *folder.rglob("*.yaml")]
        for line in re.findall(
            r"`[^`]+`|^.*run:.*$|^ *- make.*$|^make .*$|script: .*$",
            path.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        for task in TASK.findall(line)
    }

    assert {(path, task) for path, task in named if task not in targets} == set()
    assert len(named) >= 10


def test_every_page_says_how_far_it_is(folder):
    for page in [*sorted((folder / "docs").rglob("*.md")), folder / "MODEL_CARD.md"]:
        matter = front_matter(page)
        assert matter["status"] in {"stub", "draft", "done"}, page
        assert matter.get("gate", "G0") in GATES, page
        assert all(re.fullmatch(r"P\d\d", item) for item in matter.get("practices", [])), page


def test_a_page_that_is_done_has_nothing_left_to_fill_in(folder):
    for page in sorted((folder / "docs").rglob("*.md")):
        if front_matter(page)["status"] == "done":
            text = page.read_text(encoding="utf-8")
            assert not re.search(r"\b(TODO|FILL|TBD|To be filled)\b", text), page


def test_the_paper_analysis_has_its_fifteen_items(folder):
    found = headings(folder / "docs" / "paper_analysis.md", 3)

    assert found == [f"{n}. {item}" for n, item in enumerate(PAPER, start=1)]


def test_the_datasheet_has_its_seven_headings(folder):
    assert headings(folder / "docs" / "datasheet.md", 2) == DATASHEET


def test_stopped_gradients_are_listed_and_tagged_alike(folder):
    listed = set(
        re.findall(
            r"^\| (SG-\d\d) ", (folder / "docs" / "gradient_flow.md").read_text(), re.MULTILINE
        )
    )
    tagged = {
        tag
        for path in (folder / "src").rglob("*.py")
        for tag in re.findall(r"# stop-grad: (SG-\d\d)", path.read_text(encoding="utf-8"))
    }

    assert listed == tagged
    assert listed


def test_python_on_pages_is_python(folder):
    for page in pages(folder):
        for block in re.findall(
            r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL
        ):
            compile(block, str(page), "exec")


def test_recording_from_another_framework_works_as_written(folder, answers, tmp_path, monkeypatch):
    if answers["framework"] == "torch":
        return
    page = (folder / "reference" / "other_framework.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "goldens").mkdir()

    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(compile(block, "other_framework.md", "exec"), {})  # noqa: S102 - our own page

    bundle = Bundle.read(Path("goldens/recorded"))
    assert {entry.role for entry in bundle.entries} == {"weight", "input", "output"}
    assert [part.part for part in parts_of(bundle)] == ["", "dense"]
    assert probes_of(bundle) == ("normal",)
    assert [call.part for call in calls_of(bundle, "normal")] == ["", "dense"]
    assert weights_of(bundle)["dense.kernel"].shape == (2, 3)
