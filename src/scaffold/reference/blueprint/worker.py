"""Make a blueprint in the interpreter of the reference, and write it to a file."""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path
from typing import Any

from scaffold.core.blueprint.document import dumps
from scaffold.core.errors import ScaffoldError
from scaffold.reference.blueprint.ask import blueprint_of
from scaffold.reference.spec import parse


def main(request: str, answer: str) -> None:
    """Answer one request; a failure with a known cause is an answer too.

    Args:
        request: JSON with the spec, its words, the inputs and the seed.
        answer: The file to write.
    """
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    asked: dict[str, Any] = json.loads(request)
    try:
        spec = parse(asked["spec"], asked["words"])
        text = dumps(blueprint_of(spec, inputs=asked["inputs"], seed=asked["seed"]))
    except ScaffoldError as error:
        failure = {"what": error.what, "where": error.where, "remedy": error.remedy}
        text = json.dumps({"error": failure})
    Path(answer).write_text(text, encoding="utf-8")
