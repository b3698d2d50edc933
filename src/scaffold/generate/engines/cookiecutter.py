"""Let cookiecutter ask and render, in a sandbox that it does not have of its own.

The only file that imports it. cookiecutter renders with a full Jinja environment: a template can
reach Python through it, and an answer or an expression can lead a path out of the folder. So its
environment is exchanged for a sandboxed one, which also looks at every path before it is used.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.generate.engines.asking import Asking
    from scaffold.generate.questions import Form
    from scaffold.house.table import House


def render(house: House, form: Form, asking: Asking, room: Path) -> tuple[Path, dict[str, Any]]:
    """Render a house into a room; gives the folder with the files, and every answer."""
    from cookiecutter.generate import (  # noqa: PLC0415 - starting must not pay for it
        generate_context,
        generate_files,
    )
    from cookiecutter.prompt import prompt_for_config  # noqa: PLC0415 - likewise

    _refuse_templates(asking)
    out = room / "out"
    out.mkdir()
    try:
        with _sandbox(paths=False, trust=asking.trust):
            context = generate_context(
                context_file=str(house.root / "cookiecutter.json"),
                default_context=dict(asking.suggested) if asking.prompt else None,
                extra_context=dict(asking.given),
            )
            answers = _ask(prompt_for_config, context["cookiecutter"], asking)
        context["cookiecutter"].update(answers)
        context["_cookiecutter"] = {name: answers[name] for name in form.names}
        context["cookiecutter"] |= {"_template": house.id, "_output_dir": ".", "_repo_dir": "."}
        with _sandbox(paths=True, trust=asking.trust):
            generate_files(
                repo_dir=str(house.root),
                context=context,
                output_dir=str(out),
                accept_hooks=asking.trust,
            )
    except (KeyboardInterrupt, ScaffoldError):
        raise
    except Exception as error:
        raise _explain(error, house) from error
    made = list(out.iterdir())
    return made[0], {name: answers[name] for name in form.names if name in answers}


def _refuse_templates(asking: Asking) -> None:
    """Refuse answers that cookiecutter would take for templates and render."""
    for name, value in asking.given.items():
        if any(mark in str(value) for mark in ("{{", "{%", "{#")):
            raise ScaffoldError(
                f"{value!r} is a template, not an answer",
                where=f"answer {name}",
                remedy="give a text without {{, {% and {#",
            )


def _ask(prompt: Any, context: dict[str, Any], asking: Asking) -> dict[str, Any]:  # noqa: ANN401
    """Ask for what was not given; what was given is only rendered."""
    settled = dict(prompt({"cookiecutter": dict(context)}, no_input=True))
    if not asking.prompt:
        return settled
    rest = {name: value for name, value in context.items() if name not in asking.given}
    return settled | dict(prompt({"cookiecutter": rest}, no_input=False))


@contextmanager
def _sandbox(*, paths: bool, trust: bool) -> Iterator[None]:
    """Have cookiecutter build our environment for as long as this lasts."""
    from cookiecutter import utils  # noqa: PLC0415 - starting must not pay for it

    from scaffold.generate.engines.sandbox import (  # noqa: PLC0415 - likewise
        PathEnvironment,
        ValueEnvironment,
    )

    theirs = utils.StrictEnvironment
    wanted = PathEnvironment if paths else ValueEnvironment
    if trust:
        yield
        return
    utils.StrictEnvironment = wanted
    try:
        if not isinstance(utils.create_env_with_context({"cookiecutter": {}}), wanted):
            raise ScaffoldError(
                "this version of cookiecutter cannot be put into a sandbox",
                where="cookiecutter",
                remedy="install cookiecutter 2.7, or add --trust if you trust the house",
            )
        yield
    finally:
        utils.StrictEnvironment = theirs


def _explain(error: Exception, house: House) -> ScaffoldError:
    said = " ".join(str(error).split()) or type(error).__name__
    remedies = {
        "SecurityError": "remove the expression; a template handles texts and nothing else",
        "UndefinedError": "ask for the value in cookiecutter.json, or correct its name",
        "UndefinedVariableInTemplate": "ask for the value in cookiecutter.json, or correct it",
        "ValueError": "give another answer",
    }
    kind = type(error).__name__
    return ScaffoldError(
        f"could not be rendered: {kind}: {said}",
        where=house.place(),
        remedy=remedies.get(kind, "mend the house, or report it to its authors"),
    )
