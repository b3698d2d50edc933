"""Say where the running tool was installed from, so that a repository can install the same."""

from __future__ import annotations

import json
from importlib import metadata
from urllib.parse import urlsplit, urlunsplit

DISTRIBUTION = "refscaffold"


def constraint(distribution: str = DISTRIBUTION) -> str | None:
    """Give the line for a constraints file, or nothing when an index served the tool."""
    try:
        recorded = metadata.distribution(distribution).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return None
    return None if recorded is None else line(recorded, distribution)


def line(direct_url: str, distribution: str = DISTRIBUTION) -> str | None:
    """Turn the text of a `direct_url.json` (PEP 610) into a requirement by URL."""
    try:
        recorded = json.loads(direct_url)
        url = _without_password(str(recorded["url"]))
    except (json.JSONDecodeError, KeyError, TypeError):
        return None
    if any(character.isspace() for character in url):
        return None
    fragments = []
    if vcs := recorded.get("vcs_info"):
        url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    elif archive := recorded.get("archive_info"):
        fragments += _hash(archive)
    if folder := recorded.get("subdirectory"):
        fragments.append(f"subdirectory={folder}")
    return f"{distribution} @ {url}" + ("#" + "&".join(fragments) if fragments else "")


def _hash(archive: dict[str, object]) -> list[str]:
    hashes = archive.get("hashes")
    if isinstance(hashes, dict) and "sha256" in hashes:
        return [f"sha256={hashes['sha256']}"]
    return []


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if parts.scheme in ("http", "https") or ":" in user:
        user = at = ""
    return urlunsplit(parts._replace(netloc=f"{user}{at}{host}"))
