"""Read a rule's page: what is broken, what is mended, and what is there in both."""

from __future__ import annotations

import re
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

RULES = Path(__file__).parents[2] / "src/scaffold/check/rules"
PAGES = sorted(RULES.rglob("*.md"))
_BLOCK = re.compile(r"^`([^`\n]+)`\n\n(`{3,})(\w*)([^\n]*)\n(.*?)^\2$", re.MULTILINE | re.DOTALL)


@dataclass
class Page:
    code: str
    name: str
    broken: dict[str, bytes | Path] = field(default_factory=dict)
    mended: dict[str, bytes | Path] = field(default_factory=dict)
    git: bool = False


def read(path: Path) -> Page:
    text = path.read_text(encoding="utf-8")
    title = re.match(r"# (\w+) `([\w-]+)`\n", text)
    assert title, path
    page = Page(code=title[1], name=title[2])
    for heading, body in re.findall(
        r"^## ((?:Both|Broken|Mended)\b.*?)\n(.*?)(?=^## (?:Both|Broken|Mended)\b|\Z)",
        text,
        re.MULTILINE | re.DOTALL,
    ):
        files = {}
        for name, _, _, flags, content in _BLOCK.findall(body):
            files[name] = _content(flags, content)
        page.git = page.git or "{git}" in heading
        kind = heading.split()[0].lower()
        if kind in ("both", "broken"):
            page.broken |= files
        if kind in ("both", "mended"):
            page.mended |= files
    return page


def _content(flags: str, content: str) -> bytes | Path:
    words = shlex.split(flags.strip().strip("{}"))
    given = dict(word.partition("=")[::2] for word in words)
    if "link" in given:
        return Path(content.strip())
    if "bytes" in given:
        return b"x" * int(given["bytes"])
    if "fence" in given:
        return f"```{given['fence']}\n{content}```\n".encode()
    return content.removesuffix("\n").encode() if "exact" in given else content.encode()


def draw(root: Path, files: dict[str, bytes | Path], *, git: bool = False) -> Path:
    """Make a folder hold these files."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            path.symlink_to(content)
        else:
            path.write_bytes(content)
    if git:
        subprocess.run(["git", "init", "-q", str(root)], check=True)
        subprocess.run(["git", "-C", str(root), "add", "--all", "--force"], check=True)
    return root
