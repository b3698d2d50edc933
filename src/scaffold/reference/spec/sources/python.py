"""Make a model with a factory of a module that can be imported."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.core.errors import ScaffoldError
from scaffold.reference.spec.factory import Factory, check_arguments, refuse_dotted
from scaffold.reference.spec.failures import explained, missing
from scaffold.reference.spec.near import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from scaffold.reference.spec.spec import Spec


def factory(spec: Spec) -> Factory:
    """Find a factory by its module and name; the working folder is searched last.

    Raises:
        ScaffoldError: There is no such module, it raises, or it has no such factory.
    """
    refuse_dotted(spec)
    with here():
        module = _module(spec)
        function = find(module, spec)
    given = dict(spec.arguments)
    return Factory(
        make=lambda: function(**given),
        builder=f"{spec.module}:{spec.factory}",
        imports=here,
        home=Path.cwd(),
    )


@contextmanager
def here() -> Iterator[None]:
    """Let modules of the working folder be found, after all others."""
    folder = str(Path.cwd())
    if folder in sys.path:
        yield
        return
    sys.path.append(folder)
    try:
        yield
    finally:
        if folder in sys.path:
            sys.path.remove(folder)


def _module(spec: Spec) -> ModuleType:
    parts = spec.module.split(".")
    for count in range(1, len(parts) + 1):
        name = ".".join(parts[:count])
        try:
            known = find_spec(name) is not None
        except ModuleNotFoundError:
            known = False
        except (Exception, SystemExit) as error:
            raise _raised(error, spec) from error
        if not known and count == 1:
            raise missing(name, spec=spec.text)
        if not known:
            raise ScaffoldError(
                f"there is no module {name}",
                where=spec.text,
                remedy=f"check the name: {'.'.join(parts[: count - 1])} is there",
            )
    try:
        return import_module(spec.module)
    except (Exception, SystemExit) as error:
        raise _raised(error, spec) from error


def _raised(error: BaseException, spec: Spec) -> ScaffoldError:
    return explained(error, spec=spec.text, doing=f"importing {spec.module}", reached=())


def _factories(module: Any) -> list[str]:  # noqa: ANN401 - a module or a class
    """Name what a module could make a model with: what it defines, else what it has imported."""
    found = {one: what for one, what in vars(module).items() if callable(what) and one[0] != "_"}
    home = getattr(module, "__name__", "")
    own = [one for one, what in found.items() if getattr(what, "__module__", "") == home]
    return own or list(found)


def find(module: ModuleType, spec: Spec) -> Any:  # noqa: ANN401 - a function or a class
    """Find a factory in a module, and check that it takes what it will be given.

    Raises:
        ScaffoldError: There is none of that name, it cannot be called, or takes something else.
    """
    found: Any = module
    for name in spec.factory.split("."):
        if not hasattr(found, name):
            names = _factories(found)
            raise ScaffoldError(
                f"has no factory {name!r}",
                where=spec.text,
                remedy=did_you_mean(
                    name,
                    names,
                    otherwise=f"it has {', '.join(names)}" if names else "it has no function",
                ),
            )
        found = getattr(found, name)
    if not callable(found) or (hasattr(found, "state_dict") and not isinstance(found, type)):
        raise ScaffoldError(
            f"{spec.factory} is {type(found).__name__}, and no factory",
            where=spec.text,
            remedy="name a function or a class that gives a new torch.nn.Module at every call",
        )
    check_arguments(found, spec, dict(spec.arguments))
    return found
