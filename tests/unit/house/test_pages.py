import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.house.pages import abbreviations, find_page, read_pages


def test_every_practice_defect_and_gate_has_its_page():
    assert [page.id for page in read_pages("practices")] == [f"P{n:02}" for n in range(1, 65)]
    assert [page.id for page in read_pages("defects")] == [f"D{n:02}" for n in range(1, 175)]
    gates = [page.id for page in read_pages("gates")]
    assert gates == [*(f"G{n}" for n in range(4)), *(f"G4{x}" for x in "abcdef")] + [
        f"G{n}" for n in range(5, 13)
    ]


def test_every_practice_and_defect_names_its_source():
    pages = [*read_pages("practices"), *read_pages("defects")]

    assert [page.id for page in pages if not page.source or not page.title] == []


@pytest.mark.parametrize("wanted", ["P13", "p13", " P13 "])
def test_a_page_is_found_in_any_spelling(wanted):
    assert find_page(wanted).title == "No framework defaults left implicit"


def test_a_number_without_its_zero_is_found_too():
    assert find_page("d5").id == "D05"


def test_the_abbreviations_of_a_page_are_explained():
    assert list(abbreviations(find_page("D88"))) == ["GRAD", "LOSS", "LAB", "L1", "MF-REPO"]


@pytest.mark.parametrize(
    ("wanted", "remedy"),
    [("P99", "did you mean P59 or P49 or P39?"), ("?", "use one of P01 to P64, D01 to D174, G0")],
)
def test_what_is_unknown_gets_a_suggestion(wanted, remedy):
    with pytest.raises(ScaffoldError) as caught:
        find_page(wanted)

    message = f"explain: {wanted!r} is no practice, defect or gate\n  try: {remedy}"
    assert str(caught.value).startswith(message)
