"""Run every scenario with every tool, and write the table.

python -m benchmarks.updates.run --ours BIN --theirs BIN
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.updates.scenarios import EVERY, MINE, THEIRS, Scenario
from benchmarks.updates.tools import COPIER, CRUFT, SCAFFOLD, Tool, committed, run, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks" / "updates.md"
ROUNDS = 7
OTHER = "the template's"


def outcome(tool: Tool, bin_: Path, scenario: Scenario, room: Path) -> tuple[str, int]:
    """Play one scenario; gives what became of the edits, and the exit code."""
    template, project = room / "template", room / "made"
    tool.template(template, scenario.base, "1")
    tool.make(bin_, template, project)
    committed(project)
    old, new = scenario.renamed
    if old:
        (project / new).parent.mkdir(parents=True, exist_ok=True)
        (project / old).rename(project / new)
    for name in set(scenario.base) - set(scenario.ours):
        (project / name).unlink(missing_ok=True)
    for name, text in scenario.ours.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    committed(project)
    tool.template(template, scenario.theirs, "2")
    code = tool.update(bin_, template, project)
    return _judged(scenario, project), code


def _judged(scenario: Scenario, project: Path) -> str:
    """Say whether both edits are there, asked about, or gone."""
    texts = {
        path: path.read_text(encoding="utf-8", errors="replace")
        for path in project.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(project).parts
    }
    plain = "\n".join(
        text
        for path, text in texts.items()
        if path.suffix != ".rej" and ".scaffold" not in path.parts
    )
    unmerged = run(["git", "ls-files", "--unmerged"], project).stdout.strip() != ""
    rejected = any(path.suffix == ".rej" for path in texts)
    counts = {
        word: sum(text.count(word) for text in side.values())
        for word, side in ((MINE, scenario.ours), (THEIRS, scenario.theirs))
    }
    lost = [word for word, count in counts.items() if plain.count(word) < count]
    deleted = (not scenario.ours and scenario.base) or not scenario.theirs
    if unmerged:
        return "conflict"
    if lost:
        return "`.rej`" if rejected else f"lost: {'yours' if MINE in lost else OTHER}"
    if deleted:
        return "kept without a word"
    return "conflict in markers only" if "<<<<<<<" in plain else "merged"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", type=Path, required=True, help="bin folder of scaffold")
    parser.add_argument("--theirs", type=Path, required=True, help="bin folder of copier and cruft")
    given = parser.parse_args(arguments)
    tools = ((SCAFFOLD, given.ours), (COPIER, given.theirs), (CRUFT, given.theirs))
    lines = ["| scenario | right is |" + "".join(f" {tool.name} |" for tool, _ in tools)]
    lines.append("| --- | --- |" + " --- |" * len(tools))
    right = dict.fromkeys((tool.name for tool, _ in tools), 0)
    lost = dict.fromkeys(right, 0)
    for scenario in EVERY:
        cells = []
        for tool, bin_ in tools:
            with tempfile.TemporaryDirectory(prefix="updates-") as room:
                said, code = outcome(tool, bin_, scenario, Path(room))
            right[tool.name] += said == scenario.wanted
            lost[tool.name] += said.startswith("lost") or said == "kept without a word"
            cells.append(f" {said}, exit {code} |")
        lines.append(f"| {scenario.name} | {scenario.wanted} |{''.join(cells)}")
        print(lines[-1], flush=True)
    share = _paired(given.ours, given.theirs)
    text = _page(lines, right, lost, share)
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")


def _paired(ours: Path, theirs: Path) -> list[float]:
    """Time a plan of ours against an update by copier, on one template and one change, in turn."""
    texts = {f"f{n}.txt": f"{n}\n" * 40 for n in range(60)}
    changed = {name: f"{text}more\n" for name, text in texts.items()}
    ratios = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="updates-") as place:
            room = Path(place)
            for tool, bin_ in ((SCAFFOLD, ours), (COPIER, theirs)):
                at = room / tool.name
                tool.template(at / "template", texts, "1")
                tool.make(bin_, at / "template", at / "made")
                committed(at / "made")
                tool.template(at / "template", changed, "2")
            words = [str(ours / "scaffold"), "plan", str(room / "scaffold/made")]
            words += ["--house", str(room / "scaffold/template")]
            own = seconds(partial(run, words, room))
            other = seconds(partial(COPIER.update, theirs, room, room / "copier/made"))
            ratios.append(own / other)
    return ratios


def _page(lines: list[str], right: dict[str, int], lost: dict[str, int], share: list[float]) -> str:
    said = ", ".join(f"{name} {count}" for name, count in right.items())
    gone = ", ".join(f"{name} {count}" for name, count in lost.items())
    median, least, most = statistics.median(share), min(share), max(share)
    table = "\n".join(lines)
    return f"""# Updates that lose nothing

A template gives files, a person edits the project, the template moves on, the project is updated:
once by each tool, in the same run. `lost` is an edit that is gone from the working tree without a
conflict; a conflict counts where git lists the file as unmerged, since that is what merge tools and
bots see. `kept without a word`: one side deleted what the other changed, and nobody was asked. Made
by `make bench-updates`.

{table}

Right of {len(EVERY)}: {said}. Without a word: {gone}.

A plan of ours takes {median:.2f} times what `copier update` takes on the same template of 60 files
and the same change (median of {len(share)}, in turn, {least:.2f} to {most:.2f}).
"""


if __name__ == "__main__":
    main()
