import pytest

from scaffold.core.errors import ScaffoldError
from scaffold.house.manifest import read_parity

WHOLE = '[parity]\nbundle = "g"\nreference = "r.py"\ncandidate = "c.py"\nmap = "m.toml"\n'


def test_the_paths_are_joined_to_the_repository(draw):
    root = draw({"reengineering.toml": WHOLE})

    found = read_parity(root)

    assert (found.root, found.bundle, found.map) == (root, root / "g", root / "m.toml")
    assert (found.reference, found.candidate) == (root / "r.py", root / "c.py")


def test_full_model_and_cache_lie_beside_the_bundle_unless_said_otherwise(draw):
    beside = read_parity(draw({"reengineering.toml": WHOLE.replace('"g"', '"goldens/twin"')}))
    said = read_parity(
        draw({"reengineering.toml": WHOLE + 'full = "f"\ncache = "c"\nbudget = 5\n'})
    )

    assert beside.full == beside.root / "goldens" / "full"
    assert (beside.cache, beside.budget) == (beside.root / "goldens" / ".cache", 1_000_000)
    assert (said.full, said.cache, said.budget) == (said.root / "f", said.root / "c", 5)


def test_a_folder_without_a_manifest_is_no_repository(tmp_path):
    with pytest.raises(ScaffoldError) as caught:
        read_parity(tmp_path)

    assert str(caught.value) == (
        f"{tmp_path}: there is no reengineering.toml\n"
        "  try: stand in a generated repository, or name one"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[parity", "cannot be read: Expected ']' at the end of a table declaration (at end of"),
        (
            "x = 1",
            "has no [parity] table\n  try: add [parity] with bundle, reference, candidate, map",
        ),
        (WHOLE.replace('"g"', "3"), "parity.bundle is 3, not a path\n  try: write bundle = "),
        (WHOLE.replace('map = "m.toml"', ""), "parity.map is None, not a path\n  try: write map"),
        (
            WHOLE.replace('"g"', '"../g"'),
            "parity.bundle is '../g', which leaves the repository\n  try",
        ),
        (
            WHOLE + "budget = 0",
            "parity.budget is 0, not a number of bytes\n  try: write budget = 1000000 in the",
        ),
        (
            WHOLE + 'cache = "../c"',
            "parity.cache is '../c', which leaves the repository\n  try: write a path",
        ),
        (
            WHOLE.replace('"g"', '"/g"'),
            "parity.bundle is '/g', which leaves the repository\n  try:",
        ),
    ],
)
def test_what_is_wrong_with_a_manifest_is_said(draw, text, message):
    root = draw({"reengineering.toml": text})

    with pytest.raises(ScaffoldError) as caught:
        read_parity(root)

    assert str(caught.value).startswith(f"{root / 'reengineering.toml'}: {message}")
