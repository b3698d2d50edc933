"""Write `results/*.yaml` into the README as a table: `python -m <package>.training.results`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from scaffold.core.errors import ScaffoldError

from .run import ROOT

if TYPE_CHECKING:
    from pathlib import Path

BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"


def table(targets: list[dict[str, Any]], measured: list[dict[str, Any]]) -> str:
    """Set every target beside what was measured."""
    by_target = {row["target"]: row for row in measured}
    lines = [
        "| target | metric | wanted | measured | seeds | verdict |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for target in targets:
        row = by_target.get(target["id"])
        wanted = f"{target['value']} - {target['tolerance']}"
        cells = [target["id"], f"{target['metric']} ({target['split']})", wanted]
        if row is None:
            cells += ["not yet", "", "open"]
        else:
            reached = row["value"] >= target["value"] - target["tolerance"]
            seeds = ", ".join(map(str, row["seeds"]))
            cells += [
                f"{row['value']:.4f} ± {row['std']:.4f}",
                seeds,
                "reached" if reached else "missed",
            ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def put(readme: str, text: str) -> str:
    """Replace what stands between the markers."""
    if BEGIN not in readme or END not in readme:
        raise ScaffoldError(
            f"the markers {BEGIN} and {END} are missing",
            where="README.md",
            remedy="put them back, one per line, where the table belongs",
        )
    before, rest = readme.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


def write(root: Path = ROOT) -> None:
    """Bring the README's table up to date."""
    targets, measured = (
        yaml.safe_load((root / "results" / f"{name}.yaml").read_text(encoding="utf-8"))[name]
        for name in ("targets", "measured")
    )
    readme = root / "README.md"
    old = readme.read_text(encoding="utf-8")
    new = put(old, table(targets, measured))
    if new != old:
        readme.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    write()
