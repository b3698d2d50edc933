"""Make a model of torchvision by its name: classification, segmentation, detection, video, flow."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import TYPE_CHECKING

from scaffold.core.errors import ScaffoldError
from scaffold.reference.spec.factory import (
    Factory,
    check_arguments,
    refuse_dotted,
    refuse_weights,
)
from scaffold.reference.spec.failures import require
from scaffold.reference.spec.near import did_you_mean

if TYPE_CHECKING:
    from scaffold.reference.spec.spec import Spec

WEIGHTS = ("weights", "weights_backbone", "pretrained", "pretrained_backbone")


def factory(spec: Spec) -> Factory:
    """Find a model of torchvision.

    Raises:
        ScaffoldError: torchvision is missing, does not know the name, or trained weights are
            asked for.
    """
    refuse_weights(spec, WEIGHTS)
    refuse_dotted(spec)
    require("torchvision", spec=spec.text)
    models = import_module("torchvision.models")
    names = models.list_models()
    if spec.name not in names:
        version = import_module("torchvision").__version__
        raise ScaffoldError(
            f"torchvision {version} has no model {spec.name!r}",
            where=spec.text,
            remedy=did_you_mean(
                spec.name,
                names,
                otherwise="python -c 'from torchvision.models import list_models; "
                "print(list_models())' lists them",
            ),
        )
    build = models.get_model_builder(spec.name)
    given = dict(spec.arguments)
    takes = inspect.signature(build).parameters
    added = {
        name: None
        for name in ("weights", "weights_backbone")
        if name in takes and name not in given
    }
    check_arguments(build, spec, given)
    return Factory(
        make=lambda: build(**given, **added),
        builder="torchvision.models:get_model",
        added=added,
    )
