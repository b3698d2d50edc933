"""Whatever is altered in a fresh repository, something notices: the mutation law.

A fresh repository is `examples/digits-vit`, which a test holds to the template. The mutation of a
rule is what its page calls broken, laid over the repository; where that is not enough, it is
written here.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.check.listing import listing
from scaffold.check.policy import COPY, policy_in
from scaffold.check.rule import every_rule
from scaffold.check.run import Asked, check
from scaffold.core.findings import Level
from scaffold.house.lock import read_lock

sys.path.insert(0, str(Path(__file__).parent))
from pages import PAGES, draw, read
from test_pages import KNOWN, RULES, TODAY

ROOT = Path(__file__).parents[2]
FRESH = ROOT / "examples" / "digits-vit"
LOCK = read_lock((FRESH / ".scaffold/lock.json").read_text(), where="lock")
BY_CODE = {read(path).code: path for path in PAGES}


def look(root, *only):
    policy = policy_in(root / COPY, known=KNOWN)
    asked = Asked(rules=every_rule(), today=TODAY, policy=policy, only=frozenset(only))
    return check(listing(root), asked).report.findings


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    root = tmp_path_factory.mktemp("fresh") / "digits-vit"
    shutil.copytree(FRESH, root, ignore=shutil.ignore_patterns("__pycache__", ".*_cache", "build"))
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    subprocess.run(["git", "-C", str(root), "add", "--all", "--force"], check=True)
    return root


@pytest.fixture
def copy(fresh, tmp_path):
    shutil.copytree(fresh, tmp_path / "digits-vit", symlinks=True)
    return tmp_path / "digits-vit"


def test_a_fresh_repository_has_nothing_but_pages_to_be_filled(fresh):
    findings = look(fresh)

    assert all(one.level is Level.NOTE and one.gate for one in findings), findings
    assert {one.code for one in findings} == {"DOC003", "DOC013"}


@pytest.mark.parametrize("path", sorted(map(str, LOCK.files)))
def test_a_managed_path_that_is_gone_is_missed(path, copy):
    (copy / path).unlink()

    assert any(str(one.where) == path and one.code == "LAY001" for one in look(copy, "LAY001"))


@pytest.mark.parametrize(
    "path", sorted(str(path) for path, one in LOCK.files.items() if one.owner == "template")
)
def test_a_path_of_the_house_that_is_altered_is_noticed(path, copy):
    (copy / path).write_bytes((copy / path).read_bytes() + b"\n")

    assert any(str(one.where) == path for one in look(copy, "DRF001"))


def without(*paths):
    def mutate(root):
        for path in paths:
            (root / path).unlink()

    return mutate


def put(path, old, new):
    def mutate(root):
        text = (root / path).read_text(encoding="utf-8")
        assert old in text
        (root / path).write_text(text.replace(old, new), encoding="utf-8")

    return mutate


def claim(gate):
    return put(
        "reengineering.toml",
        "schema = 1\n\n[project]\n",
        f'schema = 1\n\n[project]\ngate = "{gate}"\n',
    )


def bundle(change):
    def mutate(root):
        path = root / "goldens/twin/manifest.json"
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))

    return mutate


MUTATIONS = {
    "HYG005": put(".gitignore", "__pycache__/\n*.py[cod]\n", ""),
    "MAN001": without("reengineering.toml", ".scaffold/lock.json"),
    "MAN005": put("reengineering.toml", 'commit = "cf3', 'commit = "zz3'),
    "MAN014": put("reengineering.toml", 'wanted = ["gpu"]', 'wanted = ["tpu"]'),
    "PAR001": bundle(lambda it: it["shards"][0].update(bytes=1)),
    "LAY001": without("docs/runbook.md"),
    "DOC008": put("README.md", "`docs/runbook.md`", "[it](docs/rnbook.md)"),
    "DOC010": put("README.md", "`docs/runbook.md`", "`docs/rnbook.md`"),
    "PAR004": bundle(lambda it: it["provenance"].pop("command")),
    "PAR005": put("reference/model.py", "import", "import math, torch.nn\nimport"),
    "PAR006": bundle(lambda it: it["tables"]["perturbation"].update(jitter=0)),
    "PAR007": bundle(lambda it: it["tables"]["probes"].update(recorded=["normal"], refused={})),
    "PAR008": bundle(
        lambda it: it.update(entries=[one for one in it["entries"] if one[0] != "grad"])
    ),
    "PAR010": without("src/digits_vit/conversion/weights.map.toml"),
    "PAR011": put(
        "tests/parity/test_ladder.py", "def test_forward(forward_part)", "def test_forward()"
    ),
    "PAR012": without("tests/parity/test_export.py", "tests/integration/test_run.py"),
    "REL001": without("LICENSE"),
    "REL002": put("THIRD_PARTY.md", "BSD-3-Clause", "BSD"),
    "REL007": put(".github/workflows/ci.yml", "make test-parity", "make all-else"),
    "DOC006": put("docs/deviations.md", "| rounding only: forward rung, part `patch` |", "| |"),
    "DOC009": put("README.md", "make sweep", "make swep"),
    "DOC013": claim("G9"),
    "ENV004": put("pyproject.toml", 'requires-python = ">=3.11"\n', ""),
    "LAY002": lambda root: (root / COPY).write_text('[check]\nrequired = ["docs/owners.md"]\n'),
    "LAY003": without("src/digits_vit/losses/__init__.py"),
    "TST007": put("tests/unit/test_shapes.py", "MeanPool", "_Pool"),
    "STR006": put("src/digits_vit/losses/classification.py", "  # stop-grad: SG-01", ""),
    "RES003": put("reengineering.toml", 'required = ["test-accuracy"]', 'required = ["top-1"]'),
    "TRN002": put("configs/trainer/_base.yaml", "precision: 32-true\n", ""),
    "TRN004": put("configs/trainer/_base.yaml", "gradient_clip_algorithm", "clipped_by"),
    "CFG008": put("configs/loss/focal.yaml", "1.0e-4", "1e-4"),
}
"""What is altered, where the page's example does not do in a repository that is whole."""


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_every_rule_is_raised_by_a_mutation_of_a_fresh_repository(code, copy):
    before = set(look(copy, code))
    if code in MUTATIONS:
        MUTATIONS[code](copy)
        if RULES[code].gate and code != "DOC013":
            claim(RULES[code].gate)(copy)
    else:
        page = read(BY_CODE[code])
        files = {
            name.replace("src/net", "src/digits_vit"): content
            if isinstance(content, Path)
            else content.replace(b'package = "net"', b'package = "digits_vit"')
            for name, content in page.broken.items()
        }
        for name in files:
            if (copy / name).exists():
                (copy / name).unlink()
        draw(copy, files)
    subprocess.run(["git", "-C", str(copy), "add", "--all", "--force"], check=True)

    raised = set(look(copy, code)) - before

    assert raised
    assert {one.code for one in raised} == {code}
