"""Find keys that somebody committed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.repository import Repository

_SECRETS = {
    "a private key": re.compile(r"-----BEGIN (?:RSA |EC |OPENSSH |DSA )?PRIVATE KEY-----"),
    "a token of GitHub": re.compile(
        r"\b(?:ghp|gho|ghs|ghr)_[A-Za-z0-9]{36}\b|\bgithub_pat_\w{60,}"
    ),
    "a token of Hugging Face": re.compile(r"\bhf_[A-Za-z]{34}\b"),
    "a key of AWS": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a token of GitLab": re.compile(r"\bglpat-[\w-]{20}\b"),
}
_QUICK = re.compile(r"PRIVATE KEY|gh[posr]_|github_pat_|hf_|AKIA|glpat-")


@rule("SEC011", "secret-in-a-file", "P62")
def secret_in_a_file(repository: Repository) -> Iterator[Found]:
    """A file holds what looks like a key or a token.

    Why: whoever can read the repository, or any of its copies, has it.

    Do: revoke it, then remove it; removing alone leaves it in the history.
    """
    for path in repository.files:
        text = repository.text(path)
        if text is None or not _QUICK.search(text):
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            signed = "X-Amz-" in line or "AWSAccessKeyId=" in line
            for what, pattern in _SECRETS.items():
                if pattern.search(line) and not signed:
                    yield Found(where=path, line=number, because=f"holds {what}")
