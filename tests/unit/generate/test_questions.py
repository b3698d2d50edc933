from scaffold.generate.questions import read_form
from scaffold.house.table import read_house


def test_the_questions_of_a_copier_template_are_read(small):
    form = read_form(read_house(small()))

    assert form.names == ("name", "package", "ci", "docs")
    assert form.settings["subdirectory"] == "repository"
    assert form.questions[0].help == "A name"
    assert form.questions[2].choices == ("gitlab", "github", "none")


def test_labels_of_choices_are_no_answers(draw):
    text = "a: {type: str, choices: {One: 1, Two: {value: 2}}}\nb: {choices: [[B, b]]}\nc: 3\n"
    form = read_form(read_house(draw({"copier.yml": text})))

    assert [question.choices for question in form.questions] == [(1, 2), ("b",), ()]
    assert form.questions[2].kind == "int"


def test_the_questions_of_a_cookiecutter_template_are_read(draw):
    text = '{"slug": "x", "ci": ["a", "b"], "yes": true, "_private": 1, "__prompts__": {}}'
    form = read_form(read_house(draw({"cookiecutter.json": text})))

    assert form.names == ("slug", "ci", "yes")
    assert [question.kind for question in form.questions] == ["str", "str", "bool"]
    assert form.questions[1].choices == ("a", "b")
    assert form.settings == {"private": 1, "_prompts__": {}}
