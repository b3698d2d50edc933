"""Give a repository's tests one parameter per part of the reference.

pytest loads this file in every project of an environment, so it imports nothing but pytest, and
the hooks leave at once where no parity fixture is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from scaffold.testing.collect import Collection
    from scaffold.testing.item import ParityItem

RUNGS = {
    "structure_item": "structure",
    "weights_item": "weights",
    "forward_part": "forward",
    "loss_term": "loss",
    "backward_part": "backward",
    "gradient_of": "gradient",
    "train_part": "train",
    "optimizer_item": "optimizer",
    "schedule_item": "schedule",
    "ema_item": "ema",
    "state_item": "state",
    "init_item": "init",
    "data_step": "data",
    "metric_item": "metrics",
    "trace_item": "trace",
    "precision_item": "precision",
}
"""The rung behind each fixture."""

TIERS = ("T0", "T1")
_COLLECTIONS = pytest.StashKey[dict["Path", "Collection"]]()
_MARK = "scaffold_parity"
_OWN_STYLES = ("auto", "short")
"""Traceback styles that a message without a traceback may replace; others were asked for."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the choice of goldens."""
    parser.getgroup("scaffold").addoption(
        "--parity-tier",
        choices=TIERS,
        default=TIERS[0],
        help="what the full model is judged on: committed sketches (T0, default), or full tensors "
        "from the cache (T1)",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test of every item of the rung, from the bundle's manifest."""
    for name in metafunc.fixturenames:
        if name in RUNGS:
            _parametrize(metafunc, name)


def _parametrize(metafunc: pytest.Metafunc, name: str) -> None:
    from scaffold.core.comparison import Rung  # noqa: PLC0415 - only where it is needed
    from scaffold.testing.collect import Collection, repository_of  # noqa: PLC0415 - likewise

    root = repository_of(metafunc.definition.path)
    if root is None:
        return
    known = metafunc.config.stash.setdefault(_COLLECTIONS, {})
    if root not in known:
        known[root] = Collection(root, metafunc.config.getoption("--parity-tier"))
    items = known[root].items(Rung(RUNGS[name]))
    metafunc.parametrize(name, items, ids=[item.name for item in items], indirect=True)


def _item(request: pytest.FixtureRequest) -> ParityItem:
    item: ParityItem | None = getattr(request, "param", None)
    if item is None:
        pytest.fail(
            f"{request.fixturename} needs a repository: there is no reengineering.toml above "
            f"{request.path}\n  try: scaffold new, and put the test into its tests/parity",
            pytrace=False,
        )
    from dataclasses import replace  # noqa: PLC0415 - only where it is needed

    from scaffold.testing.history import agreed_at  # noqa: PLC0415 - likewise

    return replace(item, agreed=agreed_at(request.config, item))


@pytest.fixture
def structure_item(request: pytest.FixtureRequest) -> ParityItem:
    """One name, shape or count of the reference's structure."""
    return _item(request)


@pytest.fixture
def weights_item(request: pytest.FixtureRequest) -> ParityItem:
    """One weight of ours that the map fills from the reference's."""
    return _item(request)


@pytest.fixture
def forward_part(request: pytest.FixtureRequest) -> ParityItem:
    """One part, given the reference's recorded input."""
    return _item(request)


@pytest.fixture
def loss_term(request: pytest.FixtureRequest) -> ParityItem:
    """One term of the loss: its value or its gradient."""
    return _item(request)


@pytest.fixture
def backward_part(request: pytest.FixtureRequest) -> ParityItem:
    """What flows back through one part alone, under the reference's recorded cotangent."""
    return _item(request)


@pytest.fixture
def train_part(request: pytest.FixtureRequest) -> ParityItem:
    """One part in training mode, under the random numbers that the reference drew."""
    return _item(request)


@pytest.fixture
def ema_item(request: pytest.FixtureRequest) -> ParityItem:
    """The decay of the averaged weights, or one of them."""
    return _item(request)


@pytest.fixture
def data_step(request: pytest.FixtureRequest) -> ParityItem:
    """One operation on a sample, given what the reference had before it."""
    return _item(request)


@pytest.fixture
def metric_item(request: pytest.FixtureRequest) -> ParityItem:
    """One metric on stored predictions."""
    return _item(request)


@pytest.fixture
def gradient_of(request: pytest.FixtureRequest) -> ParityItem:
    """The gradient of one parameter or input."""
    return _item(request)


@pytest.fixture
def optimizer_item(request: pytest.FixtureRequest) -> ParityItem:
    """One parameter under the optimizer, on recorded gradients."""
    return _item(request)


@pytest.fixture
def schedule_item(request: pytest.FixtureRequest) -> ParityItem:
    """One schedule as a table over all steps."""
    return _item(request)


@pytest.fixture
def state_item(request: pytest.FixtureRequest) -> ParityItem:
    """One parameter or buffer after a few training steps."""
    return _item(request)


@pytest.fixture
def init_item(request: pytest.FixtureRequest) -> ParityItem:
    """The distribution from which one parameter starts."""
    return _item(request)


@pytest.fixture
def trace_item(request: pytest.FixtureRequest) -> ParityItem:
    """One number seen at every step of a short training."""
    return _item(request)


@pytest.fixture
def precision_item(request: pytest.FixtureRequest) -> ParityItem:
    """Ours in one working precision, end to end."""
    return _item(request)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Mark the report of a parity test, and let a divergence speak without a traceback."""
    report = yield
    parity = _parity_of(item)
    if parity is not None and call.when == "call" and not report.skipped:
        from scaffold.testing import ParityDivergence, summary  # noqa: PLC0415 - only where needed

        failure = call.excinfo if report.failed else None
        setattr(report, _MARK, summary.mark(parity, failure and failure.value))
        quiet = item.config.getoption("tbstyle") in _OWN_STYLES
        if failure and failure.errisinstance(ParityDivergence) and quiet:
            summary.shortened(report, failure)
    return report


def _parity_of(item: pytest.Item) -> ParityItem | None:
    spec: Any = getattr(item, "callspec", None)
    if spec is None:
        return None
    return next((cast("ParityItem", spec.params[n]) for n in RUNGS if n in spec.params), None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say the first divergence in dataflow order, and how much was compared."""
    marks = [
        getattr(report, _MARK)
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        if hasattr(report, _MARK)
    ]
    if not marks:
        return
    from scaffold.testing.history import remember  # noqa: PLC0415 - only where it is needed
    from scaffold.testing.summary import lines  # noqa: PLC0415 - likewise

    remember(terminalreporter.config, marks)
    terminalreporter.write_sep("=", "parity")
    for line in lines(marks):
        terminalreporter.write_line(line)
