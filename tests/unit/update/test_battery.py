"""The scenarios in which updates of today lose an edit without a word: ours merges, or asks."""

import sys
from pathlib import Path, PurePosixPath

import pytest

from scaffold.house.plan import File

sys.path.insert(0, str(Path(__file__).parent))
from three_sides import files, planned, result, verdicts

TEXT = "".join(f"line {n}\n" for n in range(20))


def at(n, new, text=TEXT):
    lines = text.splitlines(keepends=True)
    lines[n] = new
    return "".join(lines)


def text_of(ours, made, name="a.txt"):
    return result(ours, made)[PurePosixPath(name)].content.decode()


def test_edits_far_apart_are_merged():
    ours = {"a.txt": at(1, "mine\n")}
    made = planned({"a.txt": TEXT}, ours, {"a.txt": at(15, "theirs\n")})

    assert verdicts(made) == {"a.txt": "merged"}
    assert text_of(ours, made) == at(15, "theirs\n", at(1, "mine\n"))
    assert made.outcomes[0].how == "lines"


def test_edits_two_lines_apart_are_merged():
    ours = {"a.txt": at(5, "mine\n")}
    made = planned({"a.txt": TEXT}, ours, {"a.txt": at(7, "theirs\n")})

    assert text_of(ours, made) == at(7, "theirs\n", at(5, "mine\n"))


def test_one_line_changed_by_both_is_a_conflict_with_markers_and_stages():
    ours = {"a.txt": at(5, "mine\n")}
    made = planned({"a.txt": TEXT}, ours, {"a.txt": at(5, "theirs\n")})
    (one,) = made.conflicts

    assert "<<<<<<< yours\nmine\n||||||| what the house gave before\nline 5\n=======\ntheirs\n" in (
        one.result.content.decode()
    )
    assert one.stages.ours.content == at(5, "mine\n").encode()
    assert one.stages.theirs.content == at(5, "theirs\n").encode()
    assert one.stages.base.content == TEXT.encode()


def test_a_file_that_the_house_renamed_keeps_your_edit():
    ours = {"a.txt": at(5, "mine\n")}
    made = planned({"a.txt": TEXT}, ours, {"b/c.txt": at(15, "theirs\n")})

    assert verdicts(made) == {"b/c.txt": "moved"}
    assert result(ours, made).keys() == files({"b/c.txt": ""}).keys()
    assert text_of(ours, made, "b/c.txt") == at(15, "theirs\n", at(5, "mine\n"))
    assert "the house renamed a.txt to b/c.txt" in made.outcomes[0].reason


def test_the_houses_own_table_of_renames_is_believed():
    ours = {"a.txt": "mine\nx\ny\nz\n"}
    made = planned({"a.txt": "x\ny\nz\n"}, ours, {"b.txt": "else\n"}, moved={"a.txt": "b.txt"})

    assert verdicts(made) == {"b.txt": "conflict"}
    assert "mine" in text_of(ours, made, "b.txt")


def test_a_file_that_the_house_gave_up_and_you_edited_is_a_conflict():
    ours = {"a.txt": at(5, "mine\n")}
    made = planned({"a.txt": TEXT}, ours, {})

    assert verdicts(made) == {"a.txt": "conflict"}
    assert text_of(ours, made) == at(5, "mine\n")
    assert made.outcomes[0].stages.theirs is None


def test_a_file_that_the_house_gave_up_and_you_did_not_edit_goes():
    made = planned({"a.txt": TEXT}, {"a.txt": TEXT}, {})

    assert verdicts(made) == {"a.txt": "removed"}
    assert not result({"a.txt": TEXT}, made)


@pytest.mark.parametrize("name", ["renamed.txt", "deep/er/a.txt"])
def test_a_file_that_you_renamed_or_moved_gets_the_houses_edit(name):
    ours = {name: at(5, "mine\n")}
    made = planned({"a.txt": TEXT}, ours, {"a.txt": at(15, "theirs\n")})

    assert verdicts(made) == {name: "moved"}
    assert text_of(ours, made, name) == at(15, "theirs\n", at(5, "mine\n"))
    assert f"you renamed a.txt to {name}" in made.outcomes[0].reason


def test_a_file_that_you_moved_and_did_not_edit_is_recognised_though_it_is_small():
    made = planned({"a.txt": "x\n"}, {"b.txt": "x\n"}, {"a.txt": "y\n"})

    assert verdicts(made) == {"b.txt": "moved"}


def test_a_file_that_both_renamed_alike_or_otherwise_lies_where_you_put_it():
    ours = {"mine.txt": at(5, "mine\n")}
    made = planned({"a.txt": TEXT}, ours, {"theirs.txt": at(15, "theirs\n")})

    assert text_of(ours, made, "mine.txt") == at(15, "theirs\n", at(5, "mine\n"))
    assert set(result(ours, made)) == {PurePosixPath("mine.txt")}


def test_a_file_that_you_deleted_and_the_house_edited_is_a_conflict():
    made = planned({"a.txt": TEXT}, {}, {"a.txt": at(5, "theirs\n")})

    assert verdicts(made) == {"a.txt": "conflict"}
    assert text_of({}, made) == at(5, "theirs\n")
    assert made.outcomes[0].stages.ours is None


def test_a_file_that_you_deleted_and_the_house_left_stays_deleted():
    made = planned({"a.txt": TEXT}, {}, {"a.txt": TEXT})

    assert verdicts(made) == {"a.txt": "stays deleted"}
    assert not result({}, made)


def test_a_file_that_both_added_is_a_conflict_or_the_same():
    ours = {"a.txt": "mine\n"}

    made = planned({}, ours, {"a.txt": "theirs\n"})
    assert verdicts(made) == {"a.txt": "conflict"}
    assert "mine" in text_of(ours, made)
    assert "theirs" in text_of(ours, made)
    assert made.outcomes[0].stages.base is None
    assert verdicts(planned({}, ours, {"a.txt": "mine\n"})) == {"a.txt": "same"}


def test_a_requirement_that_each_added_is_in_the_list_and_comments_stay():
    base = '[project]\ndependencies = [\n  "torch>=2", # the framework\n]\n'
    ours = {"pyproject.toml": base.replace("]\n", '  "einops>=0.8", # mine\n]\n', 1)}
    theirs = base.replace("]\n", '  "numpy>=1.26",\n]\n', 1)
    ours = {"pyproject.toml": base.replace("framework\n", 'framework\n  "einops>=0.8", # mine\n')}
    theirs = base.replace("framework\n", 'framework\n  "numpy>=1.26",\n')

    made = planned({"pyproject.toml": base}, ours, {"pyproject.toml": theirs})
    text = text_of(ours, made, "pyproject.toml")

    assert verdicts(made) == {"pyproject.toml": "merged"}
    assert made.outcomes[0].how == "toml"
    assert all(part in text for part in ("einops>=0.8", "numpy>=1.26", "# mine", "# the framework"))


def test_a_hydra_default_that_each_added_keeps_its_order_and_comments():
    base = "# all\ndefaults:\n  - _self_\n  - model: vit # ours\n  - trainer: cpu\nseed: 0\n"
    ours = {"c.yaml": base.replace("  - trainer", "  - ema: on # mine\n  - trainer")}
    theirs = {"c.yaml": base.replace("  - trainer", "  - logger: csv\n  - trainer")}

    made = planned({"c.yaml": base}, ours, theirs)
    text = text_of(ours, made, "c.yaml")

    assert made.outcomes[0].how == "yaml"
    assert text.index("model: vit # ours") < text.index("logger: csv") < text.index("trainer: cpu")
    assert "ema: on # mine" in text
    assert text.startswith("# all\n")


def test_a_key_that_each_added_at_one_place_is_merged():
    base = "a: 1\nz: 2\n"
    ours = {"c.yaml": "a: 1\nmine: 3 # so\nz: 2\n"}

    made = planned({"c.yaml": base}, ours, {"c.yaml": "a: 1\ntheirs: 4 # thus\nz: 2\n"})

    assert text_of(ours, made, "c.yaml") == "a: 1\ntheirs: 4 # thus\nmine: 3 # so\nz: 2\n"


def test_a_value_that_both_changed_is_a_conflict_in_a_file_of_settings_too():
    made = planned({"c.yaml": "lr: 1\n"}, {"c.yaml": "lr: 2\n"}, {"c.yaml": "lr: 3\n"})

    assert verdicts(made) == {"c.yaml": "conflict"}


def test_modes_are_merged_like_texts():
    run = File(content=TEXT.encode(), executable=True)
    ours = {"a.txt": at(5, "mine\n")}

    made = planned({"a.txt": TEXT}, ours, {"a.txt": run})

    assert result(ours, made)[PurePosixPath("a.txt")].executable
    assert text_of(ours, made) == at(5, "mine\n")


def test_a_binary_file_that_both_changed_is_yours_and_a_conflict():
    made = planned({"a": b"\0a"}, {"a": b"\0b"}, {"a": b"\0c"})

    assert made.conflicts[0].result.content == b"\0b"
    assert made.conflicts[0].stages.theirs.content == b"\0c"


def test_what_is_yours_is_left_to_you_and_said():
    ours = {"m.py": "mine\n"}
    made = planned({"m.py": "a\n"}, ours, {"m.py": "b\n"}, owners={"m.py": "user"})

    assert verdicts(made) == {"m.py": "left to you"}
    assert text_of(ours, made, "m.py") == "mine\n"
    unedited = planned({"m.py": "a\n"}, {"m.py": "a\n"}, {"m.py": "b\n"}, owners={"m.py": "user"})
    assert verdicts(unedited) == {"m.py": "taken"}


def test_what_is_the_houses_and_was_changed_here_is_a_conflict_only_if_the_house_changed_it():
    owners = {"t.py": "template"}
    ours = {"t.py": "a\nmine\n"}

    quiet = planned({"t.py": "a\n"}, ours, {"t.py": "a\n"}, owners=owners)
    assert verdicts(quiet) == {"t.py": "kept"}
    loud = planned({"t.py": "a\n"}, ours, {"t.py": "b\n"}, owners=owners)
    assert verdicts(loud) == {"t.py": "conflict"}
    assert "mine" in text_of(ours, loud, "t.py")


def test_a_link_in_the_place_of_a_file_is_left_alone():
    made = planned({}, {}, {"a.txt": "new\n"}, links=["a.txt"])

    assert verdicts(made) == {"a.txt": "left to you"}


def test_two_files_that_want_one_place_both_survive():
    """You renamed a file to where the house puts a new one."""
    ours = {"b.txt": at(5, "mine\n")}
    made = planned({"a.txt": TEXT}, ours, {"a.txt": at(9, "edited\n"), "b.txt": "new here\n"})
    everything = b"".join(file.content for file in result(ours, made).values()).decode()

    assert "mine" in everything
    assert "new here" in everything
    assert "edited" in everything
