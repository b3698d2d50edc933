"""Make a model of timm by its name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.reference.spec.factory import Factory, refuse_dotted, refuse_weights
from scaffold.reference.spec.failures import require
from scaffold.reference.spec.near import did_you_mean

if TYPE_CHECKING:
    from scaffold.reference.spec.spec import Spec

WEIGHTS = ("pretrained", "checkpoint_path")


def factory(spec: Spec) -> Factory:
    """Find a model of timm.

    Raises:
        ScaffoldError: timm is missing, does not know the name, or trained weights are asked for.
    """
    refuse_weights(spec, WEIGHTS)
    refuse_dotted(spec)
    require("timm", spec=spec.text)
    timm = import_module("timm")
    if not timm.is_model(spec.name):
        raise ScaffoldError(
            f"timm {timm.__version__} has no model {spec.name!r}",
            where=spec.text,
            remedy=did_you_mean(
                spec.name,
                timm.list_models(),
                otherwise="python -c 'import timm; print(timm.list_models())' lists them",
            ),
        )
    given = dict(spec.arguments)
    added = {name: False for name in ("pretrained",) if name not in given}
    return Factory(
        make=lambda: timm.create_model(spec.name, **given, **added),
        builder="timm:create_model",
        added=added,
    )
