"""A small reference with classes of its own, and what is rendered around it."""

from __future__ import annotations

import pytest
from own_reference import NET

from scaffold.generate.around.layout import read_layout
from scaffold.generate.engines.asking import Asking
from scaffold.generate.render import render
from scaffold.generate.sources import open_house
from scaffold.reference.blueprint.ask import blueprint_of
from scaffold.reference.spec import parse


@pytest.fixture(scope="session")
def inspected(tmp_path_factory):
    """Inspect a class of the file."""
    file = tmp_path_factory.mktemp("reference") / "net.py"
    file.write_text(NET)

    def of(name, *arguments, inputs=()):
        return blueprint_of(parse(f"file:{file}:{name}", arguments), inputs=inputs)

    return of


@pytest.fixture(scope="session")
def rendered(tmp_path_factory):
    """What the house that ships gives with its defaults."""
    room = tmp_path_factory.mktemp("room")
    (room / "out").mkdir()
    house = open_house("reengineering", room)
    return render(house, Asking(given={"name": "my-net"}, defaults=True), room / "out")


@pytest.fixture(scope="session")
def layout():
    return read_layout()
