"""The answers decide what is in a generated repository, and the manifest says so."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib

import pytest
from rendering import GATES, front_matter
from ruamel.yaml import YAML

pytestmark = pytest.mark.bake


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
