import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.generate.rewrite import Rewriter

NAMES = ("name", "package", "ci")


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("{{ name }}", "{{ C.name }}"),
        ("name {{name}} name", "name {{C.name}} name"),
        ("{{ range.name if 1 else name }}", "{{ range.name if 1 else C.name }}"),
        ("{{ dict(name=name).name }}", "{{ dict(name=C.name).name }}"),
        ("{{ name | replace('name', ci) }}", "{{ C.name | replace('name', C.ci) }}"),
        ("{% if ci == 'name' %}a{% endif %}", "{% if C.ci == 'name' %}a{% endif %}"),
        ("{% for x in [ci] %}{{ x }}{% endfor %}", "{% for x in [C.ci] %}{{ x }}{% endfor %}"),
        ("{% raw %}{{ name }}{% endraw %}", "{% raw %}{{ name }}{% endraw %}"),
        ("{# name #}${{ '{{' }} name", "{# name #}${{ '{{' }} name"),
        ("{{ name is string and ci is defined }}", "{{ C.name is string and C.ci is defined }}"),
        ("{{ [ci]\n[0] }}\n", "{{ [C.ci]\n[0] }}\n"),
    ],
)
def test_variables_are_rewritten_and_nothing_else(source, wanted):
    assert Rewriter(NAMES).rewrite(source, "here") == wanted.replace("C.", "cookiecutter.")


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("{{ _copier_conf.os }}", "the name '_copier_conf' means nothing in Cookiecutter"),
        ("{% set name = 1 %}", "another meaning of the question 'name' means nothing in"),
        ("{% for ci in [1] %}{% endfor %}", "another meaning of the question 'ci' means"),
        ("{{ name | lower | b64encode }}", "the filter 'b64encode' means nothing in Cookiecutter"),
        ("{% include 'x' %}", "the tag 'include' means nothing in Cookiecutter"),
        ("{{ name", "is no template: unexpected end of template, expected 'end of print"),
    ],
)
def test_what_cookiecutter_has_no_word_for_is_refused(source, what):
    with pytest.raises(ScaffoldError) as caught:
        Rewriter(NAMES).rewrite(source, "here")

    assert caught.value.what.startswith(what)
    assert caught.value.where.startswith("here")


def test_a_question_that_is_called_like_a_method_is_refused():
    with pytest.raises(ScaffoldError, match="cannot be read in Cookiecutter: 'items'"):
        Rewriter(["items"])


def test_a_condition_is_taken_apart():
    rewriter = Rewriter(NAMES)

    assert rewriter.condition("{% if ci != 'x' %}/a/b{% endif %}", "here") == (
        "cookiecutter.ci != 'x'",
        "/a/b",
    )
    assert rewriter.condition("*.py[co]", "here") is None


@pytest.mark.parametrize(
    "pattern", ["{{ ci }}", "{% if ci %}a{% else %}b{% endif %}", "x{% if ci %}a{% endif %}"]
)
def test_another_pattern_is_refused(pattern):
    with pytest.raises(ScaffoldError) as caught:
        Rewriter(NAMES).condition(pattern, "here")

    assert str(caught.value) == (
        f"here: {pattern!r} cannot be said without hooks\n"
        "  try: write {% if EXPRESSION %}/PATH{% endif %}"
    )
