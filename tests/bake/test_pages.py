"""What a generated repository says about itself is true."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from pathlib import Path

import pytest
from rendering import combinations
from ruamel.yaml import YAML

from scaffold.golden import Bundle

pytestmark = pytest.mark.bake

NUMBERS = range(len(combinations()))
LINK = re.compile(r"\[[^\]]*\]\((?!https?://|mailto:)([^)#\s]+)(?:#[^)]*)?\)")
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:md|toml|yaml|cff))`")
TASK = re.compile(r"\bmake ([a-z][a-z-]*)")
MADE_BY_RUNS = ("outputs/", "multirun/", "build/", "data/", ".venv/")
GATES = {f"G{n}" for n in range(13)} | {f"G4{letter}" for letter in "abcdef"}
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


def front_matter(path):
    _, matter, _ = path.read_text(encoding="utf-8").split("---\n", 2)
    return YAML(typ="safe").load(matter)


@pytest.fixture(params=NUMBERS, ids="row{:02}".format)
def number(request):
    return request.param


@pytest.fixture
def folder(shelf, number):
    return shelf[number]


@pytest.fixture
def answers(number):
    return combinations()[number]


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
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))

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


def test_the_activity_decides_what_waits_for_a_person(folder, answers):
    activity = answers["activity"]

    manifest = tomllib.loads((folder / "reengineering.toml").read_text(encoding="utf-8"))
    status = {
        name: front_matter(folder / "docs" / f"{name}.md")["status"]
        for name in ("plan", "datasheet")
    }

    assert manifest["project"]["activity"] == activity
    assert status["plan"] == ("stub" if activity in {"adapt", "enhance"} else "draft")
    assert status["datasheet"] == ("stub" if activity == "adapt" else "done")
    assert manifest["held_constant"]["data"] is (activity != "adapt")
    assert manifest["held_constant"]["code"] is (activity == "reuse")
    assert ("G4f" in manifest["project"]["gates"]) is (activity != "reuse")
    assert set(manifest["project"]["gates"]) <= GATES


def test_the_framework_decides_how_goldens_are_recorded(folder, answers):
    manifest = tomllib.loads((folder / "reengineering.toml").read_text(encoding="utf-8"))

    other = answers["framework"] != "torch"
    assert (folder / "reference" / "other_framework.md").exists() is other
    assert ("next" in manifest["reference"]) is other
    if other:
        assert manifest["reference"]["next"]["framework"] == answers["framework"]


def test_the_manifest_pins_the_reference_to_its_bytes(folder):
    reference = tomllib.loads((folder / "reengineering.toml").read_text())["reference"]

    assert re.fullmatch(r"[0-9a-f]{40}", reference["commit"])
    for file in reference["files"]:
        digest = hashlib.sha256((folder / file["path"]).read_bytes()).hexdigest()
        assert digest == file["sha256"], f"{file['path']} is {digest}"
    environment = (folder / reference["environment"]).read_text(encoding="utf-8")
    pins = [line for line in environment.splitlines() if line and not line.startswith("#")]
    assert all("==" in pin for pin in pins)
    assert f"torch=={reference['version']}" in pins


def test_the_manifest_names_places_that_exist(folder):
    manifest = tomllib.loads((folder / "reengineering.toml").read_text())

    places = [*manifest["parity"].values(), manifest["targets"]["declared"]]
    places.append(manifest["targets"]["measured"])
    assert [place for place in places if not (folder / place).exists()] == []


def test_required_targets_are_declared_with_a_source(folder):
    manifest = tomllib.loads((folder / "reengineering.toml").read_text())
    declared = YAML(typ="safe").load(folder / "results" / "targets.yaml")["targets"]

    assert set(manifest["targets"]["required"]) <= {row["id"] for row in declared}
    for row in declared:
        assert len(row["source"]) >= 20
        assert 0 < row["tolerance"] < row["value"] < 1


def test_every_device_is_a_column_and_a_row(folder):
    devices = tomllib.loads((folder / "reengineering.toml").read_text())["devices"]
    columns = (folder / "docs" / "feasibility.md").read_text(encoding="utf-8")
    rows = (folder / "docs" / "portability.md").read_text(encoding="utf-8")

    for device in [*devices["required"], *devices["wanted"]]:
        assert f"| {device} " in columns, device
        assert device.upper() in rows, device


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


def test_everything_that_is_data_can_be_read(folder):
    yaml = YAML(typ="safe")
    for path in folder.rglob("*"):
        if path.suffix == ".toml":
            tomllib.loads(path.read_text(encoding="utf-8"))
        elif path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
        elif path.suffix in {".yml", ".yaml", ".cff"}:
            list(yaml.load_all(path))


def test_answers_arrive_unchanged(folder, answers):
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = YAML(typ="safe").load(folder / "CITATION.cff")

    assert project["name"] == answers["name"] == cited["title"]
    assert project["description"] == answers["description"] == cited["abstract"]
    assert project["authors"] == [{"name": answers["author"]}]
    assert cited["authors"] == [{"name": answers["author"]}]
    assert project["license"] == answers["licence"] == cited["license"]
    assert answers["description"] in (folder / "README.md").read_text(encoding="utf-8")


LICENCES = {
    "MIT": "MIT License",
    "Apache-2.0": "Apache License",
    "BSD-3-Clause": "BSD 3-Clause License",
}


def test_the_licence_is_the_one_that_was_chosen(folder, answers):
    text = (folder / "LICENSE").read_text(encoding="utf-8")

    assert text.strip().splitlines()[0].strip() == LICENCES[answers["licence"]]
    assert answers["author"] in text
    assert sum(other in text for other in LICENCES.values()) == 1
    assert len(text) > 1000
    assert text.endswith("\n")


def test_optional_files_are_there_when_they_were_asked_for(folder, answers):
    wanted = {
        ".github/workflows/ci.yml": answers["ci"] == "github",
        ".github/dependabot.yml": answers["ci"] == "github",
        ".gitlab-ci.yml": answers["ci"] == "gitlab",
        "Dockerfile": answers["container"] == "docker",
        ".dockerignore": answers["container"] == "docker",
        "mkdocs.yml": answers["docs_site"] == "mkdocs",
        "docs/index.md": answers["docs_site"] == "mkdocs",
    }

    assert {name: (folder / name).exists() for name in wanted} == wanted


def test_the_workflow_is_pinned_and_may_do_nothing(folder, answers):
    if answers["ci"] != "github":
        return
    path = folder / ".github" / "workflows" / "ci.yml"
    workflow = YAML(typ="safe").load(path)
    text = path.read_text(encoding="utf-8")

    assert workflow["permissions"] == {}
    assert "${{ github.workflow }}-${{ github.ref }}" in text
    for line in re.findall(r"uses: .*", text):
        assert re.fullmatch(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line
    for job in workflow["jobs"].values():
        assert job["permissions"] == {"contents": "read"}
        assert job["timeout-minutes"] <= 30
    needs = {name: job.get("needs") for name, job in workflow["jobs"].items()}
    assert needs == {"lint": None, "unit": "lint", "parity": "unit", "integration": "parity"}


def test_loggers_and_launchers_are_the_defaults_of_the_training(folder, answers):
    defaults = YAML(typ="safe").load(folder / "configs" / "train.yaml")["defaults"]
    chosen = {
        key: value for entry in defaults if isinstance(entry, dict) for key, value in entry.items()
    }

    assert chosen["logger"] == answers["logger"]
    assert chosen["launcher"] == answers["launcher"]


def test_the_pages_of_the_site_are_the_pages_of_the_folder(folder, answers):
    if answers["docs_site"] != "mkdocs":
        return
    nav = YAML(typ="safe").load(folder / "mkdocs.yml")["nav"]
    listed = re.findall(r"[\w/-]+\.md", str(nav))

    docs = folder / "docs"
    assert sorted(listed) == sorted(p.relative_to(docs).as_posix() for p in docs.rglob("*.md"))


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
    assert bundle.array(bundle.select(role="output")[0]).tolist() == [[2.0, 2.0, 2.0]]
