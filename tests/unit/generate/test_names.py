import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.generate.names import (
    check_component,
    check_distribution,
    check_name,
    check_package,
    check_text,
)


def refusal(check, name):
    with pytest.raises(ScaffoldError) as caught:
        check(name, "here")
    assert caught.value.where == "here"
    return caught.value


@pytest.mark.parametrize("name", ["net", "digits_vit", "my_torch", "x2", "n" * 64])
def test_a_good_package_name_passes(name):
    check_package(name, "here")


@pytest.mark.parametrize("name", ["net", "digits-vit", "a.b", "x2", "resnet-50"])
def test_a_good_distribution_name_passes(name):
    check_distribution(name, "here")


@pytest.mark.parametrize(
    "name", [".github", "a b", "vit.py", "überblick", "console", "auxiliary.py", "{{ x }}"]
)
def test_a_good_file_name_passes(name):
    check_component(name, "here")


@pytest.mark.parametrize(
    ("name", "what", "remedy"),
    [
        ("class", "'class' is a keyword of Python", "for example 'my_class'"),
        ("match", "'match' is a keyword of Python", "for example 'my_match'"),
        ("json", "'json' is a module of the standard library", "for example 'my_json'"),
        ("torch", "'torch' is the import name of a library that a", "for example 'my_torch'"),
        ("tests", "'tests' is the name of something else in a repository", "'my_tests'"),
        ("my-net", "'my-net' is no Python identifier", "for example 'my_net'"),
        ("Net", "'Net' holds capitals, which some disks cannot tell", "for example 'net'"),
        ("1net", "'1net' is no Python identifier", "for example 'net'"),
        ("_net", "'_net' begins with an underscore", "for example 'net'"),
        ("n\u0435wt", "holds a character outside of ASCII, which can look", "for example 'nwt'"),
        ("n" * 65, "is longer than 64 characters", "for example 'nnn"),
    ],
)
def test_a_bad_package_name_gets_a_better_one(name, what, remedy):
    refused = refusal(check_package, name)

    assert what in refused.what
    assert remedy in refused.remedy


def test_what_is_offered_in_the_place_of_a_bad_package_name_is_good():
    for name in ["class", "torch", "my net!", "ÄÖÜ", "1", "_", "-", "n" * 90, "try-me", "日本"]:
        offered = refusal(check_package, name).remedy.rpartition("example ")[2].strip("'")
        if offered != refusal(check_package, name).remedy:
            check_package(offered, "offered")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("", "is no name"),
        ("..", "is no name"),
        ("a/b", "holds a path separator"),
        ("a\\b", "holds a path separator"),
        ("a\0b", "holds a character that does not show"),
        ("a\u200db", "holds a character that does not show"),
        ("C:x", 'holds one of < > : " | ? *'),
        (" a", "begins or ends with a space, or ends with a dot"),
        ("a.", "begins or ends with a space, or ends with a dot"),
        ("-a", "begins with a hyphen or a tilde"),
        ("~a", "begins with a hyphen or a tilde"),
        ("CON", "is the name of a device on Windows"),
        ("com1.txt", "is the name of a device on Windows"),
        ("LPT\u00b2", "is the name of a device on Windows"),
        (".git", "is where git keeps its own files"),
        (".GIT", "is where git keeps its own files"),
        ("git~1", "is where git keeps its own files"),
        ("cafe\u0301", "is not in the normal form NFC"),
        ("n" * 201, "is longer than 200 bytes"),
    ],
)
def test_a_bad_file_name_is_refused(name, what):
    assert what in refusal(check_component, name).what


def test_a_name_that_a_person_gives_neither_hides_nor_deceives():
    check_name("überblick", "here")

    assert "begins with a dot, which hides it" in refusal(check_name, ".x").what
    assert "mixes letters of several alphabets" in refusal(check_name, "p\u0430ypal").what


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("My Net", "'My Net' is no distribution name"),
        ("scikit-learn", "'scikit-learn' is the name of a library that a repository may need"),
        ("huggingface.hub", "is the name of a library that a repository may need"),
        ("n" * 65, "is longer than 64 characters"),
        ("net-", "is no distribution name"),
    ],
)
def test_a_bad_distribution_name_is_refused(name, what):
    assert what in refusal(check_distribution, name).what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a\x1b[31m", "holds U+001B (a control character), which does not show"),
        ("a\u202eb", "holds U+202E (RIGHT-TO-LEFT OVERRIDE), which does not show"),
        ("a\u2028b", "holds U+2028 (LINE SEPARATOR), which does not show"),
        ("\ud800", "holds U+D800 (a control character), which does not show"),
        ("x" * 10_001, "is 10001 characters long"),
    ],
)
def test_a_text_that_hides_something_is_refused(text, what):
    assert refusal(check_text, text).what == what


def test_an_ordinary_text_passes():
    check_text("Größe: 3\n\tdone … “quoted”", "here")
