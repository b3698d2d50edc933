from pathlib import PurePosixPath

import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.generate.roles import Role, check_roles, roles
from scaffold.house.table import Engine, House

NAMES = ("name", "package", "topic")


def found(tmp_path, *paths, **names):
    house = House(root=tmp_path, id="h", version="1", engine=Engine.COPIER, names=names)
    return roles(house, map(PurePosixPath, paths), NAMES)


def test_a_folder_with_an_init_file_is_a_package(tmp_path):
    assert found(
        tmp_path, "src/{{ package }}/__init__.py.jinja", "{{cookiecutter.topic}}/x.md"
    ) == {
        "package": Role.PACKAGE,
        "topic": Role.COMPONENT,
    }


def test_a_part_of_a_name_is_a_component(tmp_path):
    paths = ("a_{{ package | lower }}/__init__.py", "{% if topic %}x{% endif %}.md")

    assert found(tmp_path, *paths) == {"package": Role.COMPONENT, "topic": Role.COMPONENT}


def test_the_house_says_what_is_a_distribution(tmp_path):
    assert found(tmp_path, "a", name="distribution", other="package") == {"name": Role.DISTRIBUTION}


@pytest.mark.parametrize(("name", "value"), [("a", "../x"), ("b", "class"), ("c", "torch")])
def test_each_role_has_its_rule(name, value):
    known = {"a": Role.COMPONENT, "b": Role.PACKAGE, "c": Role.DISTRIBUTION}

    with pytest.raises(ScaffoldError, match=f"^answer {name}: "):
        check_roles({name: value}, known)
    check_roles({name: "fine"}, known)
