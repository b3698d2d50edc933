import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.generate.answers import collect, fit
from scaffold.generate.questions import read_form
from scaffold.house.table import read_house


@pytest.fixture
def form(small):
    return read_form(read_house(small()))


def test_what_is_set_wins_over_the_file(draw):
    file = draw({"a.toml": 'name = "file"\nci = "none"\n'}) / "a.toml"

    assert collect(["name=set", "empty="], file) == {"name": "set", "ci": "none", "empty": ""}


def test_a_value_may_hold_an_equals_sign():
    assert collect(["name=a=b"]) == {"name": "a=b"}


@pytest.mark.parametrize("setting", ["name", "", "=x", " =x"])
def test_what_is_no_answer_is_refused(setting):
    with pytest.raises(ScaffoldError) as caught:
        collect([setting])

    assert str(caught.value) == f"--set: {setting!r} is no answer\n  try: write --set name=value"


def test_answers_come_in_the_order_of_the_questions(form):
    assert list(fit({"ci": "none", "name": "x"}, form)) == ["name", "ci"]


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (
            {"nmae": "x"},
            (
                "answer nmae: nothing of this name is asked: 'nmae'\n"
                "  try: did you mean 'name'? One of: name, package, ci, docs"
            ),
        ),
        (
            {"zzz": "x"},
            (
                "answer zzz: nothing of this name is asked: 'zzz'\n"
                "  try: use one of: name, package, ci, docs"
            ),
        ),
        (
            {"ci": "githb"},
            (
                "answer ci: 'githb' is no choice\n"
                "  try: did you mean 'github'? One of: gitlab, github, none"
            ),
        ),
        (
            {"name": ["a", {"b": "\x07"}]},
            (
                "answer name: holds U+0007 (a control character), which does not show\n"
                "  try: remove it; type the text again if you cannot see it"
            ),
        ),
    ],
)
def test_what_does_not_fit_is_refused(form, answers, message):
    with pytest.raises(ScaffoldError) as caught:
        fit(answers, form)

    assert str(caught.value) == message
