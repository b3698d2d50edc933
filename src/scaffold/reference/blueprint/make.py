"""Make the blueprint of a reference: build it, run it, and write down what is seen."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from torch import nn

from scaffold.core.blueprint import Blueprint, InputKind
from scaffold.reference.blueprint.anatomy import classes_of, parts_of, repeats_of
from scaffold.reference.blueprint.distributions import distributions_of, environment
from scaffold.reference.blueprint.flows import calls_of, flows_of
from scaffold.reference.blueprint.inputs import batch_of, given_inputs, guessed
from scaffold.reference.blueprint.leaves import kind_of, leaves_of
from scaffold.reference.blueprint.preprocessing import preprocessing_of
from scaffold.reference.blueprint.runs import (
    determinism,
    run_again,
    run_in_evaluation,
    run_in_training,
)
from scaffold.reference.blueprint.values import Values, is_config
from scaffold.reference.blueprint.weights import differing, sizes_of, weights_of
from scaffold.reference.capture import captured, take_calls
from scaffold.reference.spec.build import reference_of
from scaffold.trace.forward import refuse_compiled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.core.blueprint import Input, Preprocessing
    from scaffold.reference.capture import ConstructorCall
    from scaffold.reference.spec.build import Reference
    from scaffold.reference.spec.spec import Spec


def inspected(spec: Spec, *, inputs: Sequence[str] = (), seed: int = 0) -> Blueprint:
    """Make the blueprint of a reference, in this interpreter.

    Args:
        spec: What to build.
        inputs: Descriptions of inputs, where they cannot be guessed: `x=2x3x32x32:float32`.
        seed: Where weights and inputs start.

    Raises:
        ScaffoldError: It cannot be built, its inputs cannot be guessed, or it does not run on them.
    """
    given = given_inputs(inputs)
    reference = reference_of(spec, seed=seed)
    model, built, restless = _built(reference)
    steps, why = preprocessing_of(model, reference)
    with reference.factory.imports():
        found = guessed(
            model,
            given,
            seed=seed,
            where=spec.text,
            size=steps.size if steps else (),
            attempt=lambda batch: run_in_evaluation(model, batch, seed=seed),
        )
        rows, first = found.rows, found.run
        again = run_again(model, batch_of(rows, seed=seed), first, seed=seed)
        targets = batch_of(rows, seed=seed, training=True)
        modes, trained = run_in_training(model, targets, first.output, seed=seed)
    values = Values(model)
    config = getattr(model, "config", None)
    calls = calls_of(first.calls)
    weights = weights_of(model)
    parts = parts_of(
        model, built=built, calls=calls, weights=weights, flops=again.flops, values=values
    )
    total, trainable = sizes_of(model)
    positional = list(dict.fromkeys(row.name for row in rows if row.positional))
    return Blueprint(
        origin=dataclasses.replace(
            reference.origin, config=values.whole(config) if is_config(config) else None
        ),
        distributions=distributions_of(model, reference),
        environment=environment(),
        parts=parts,
        classes=classes_of(model, home=reference.factory.home, values=values),
        weights=weights,
        calls=calls,
        flows=flows_of(calls, again.made, positional),
        repeats=repeats_of(parts, weights),
        inputs=rows,
        outputs=leaves_of(first.output),
        output_kind=kind_of(first.output),
        parameters=total,
        trainable=trainable,
        flops=again.flops[""],
        preprocessing=_effective(steps, rows),
        modes=modes,
        determinism=determinism(again, trained=trained, weights=restless),
        notes=(*found.notes, *([why] if why else []), *_uncounted(model)),
    )


def _built(
    reference: Reference,
) -> tuple[nn.Module, dict[str, ConstructorCall], tuple[str, ...]]:
    """Build a reference twice; gives the second, what its parts were given, and what differs."""
    first = reference.build()
    refuse_compiled(first)
    with captured({type(part) for part in first.modules()}):
        model = reference.build()
    return model, take_calls(model), differing(first, model)


def _effective(steps: Preprocessing | None, rows: Sequence[Input]) -> Preprocessing | None:
    """Give the preprocessing with the size that this model takes, where its metadata say another.

    Metadata are of the weights that were trained; an argument (`img_size=64`) changes the model.
    """
    sizes = {
        row.shape[1:] for row in rows if row.kind is InputKind.IMAGE and len(row.shape) == _BCHW
    }
    if steps is None or not steps.size or len(sizes) != 1:
        return steps
    return dataclasses.replace(steps, size=sizes.pop())


_BCHW = 4


def _uncounted(model: nn.Module) -> list[str]:
    """Name what torch's counter of operations does not see."""
    found = [
        path or "the model" for path, part in model.named_modules() if isinstance(part, nn.RNNBase)
    ]
    return [f"the operations of {', '.join(found)} are not counted: recurrent"] if found else []
