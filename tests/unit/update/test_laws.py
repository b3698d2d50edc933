"""What an update never does, over thousands of cases that nobody thought of."""

import sys
from pathlib import Path, PurePosixPath

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.house.plan import File
from scaffold.update.verdict import Verdict

sys.path.insert(0, str(Path(__file__).parent))
from three_sides import files, planned, result

NAMES = ("a.py", "b.toml", "c.yaml", "d/e.txt", "d/ü ñ.md", "f.json", "g.bin", "h")
OWNERS = ("both", "both", "both", "template", "user")
LAWS = settings(max_examples=800, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def texts(draw, name):
    """A base text whose lines are told apart: settings as settings, binaries as binaries."""
    count = draw(st.integers(0, 6))
    if name.endswith(".bin"):
        return b"\0" + draw(st.binary(max_size=4))
    if name.endswith(".json"):
        body = ",\n".join(f'  "k{n}": {n}' for n in range(count))
        return f"{{\n{body}\n}}\n".encode() if count else b"{}\n"
    form = {".toml": "k{n} = {n}", ".yaml": "k{n}: {n}"}.get(PurePosixPath(name).suffix, "line {n}")
    end = draw(st.sampled_from(["\n", "\r\n"])) if not name.endswith((".toml", ".yaml")) else "\n"
    text = end.join(form.format(n=n) for n in range(count))
    return (text + (end if text and draw(st.booleans()) else "")).encode()


@st.composite
def edited(draw, name, content, side):
    """One side's change of a file: nothing, lines, a mode, a rename, or its end."""
    action = draw(
        st.sampled_from(["keep", "keep", "lines", "lines", "lines", "mode", "move", "gone"])
    )
    token = f"{side}_{draw(st.integers(0, 999))}"
    if action == "gone":
        return None
    executable = action == "mode"
    if action == "lines":
        content = draw(changed(name, content, token))
    if action == "move" and draw(st.booleans()):
        content = draw(changed(name, content, token))
    target = f"moved_{side}/{name}" if action == "move" else name
    return target, File(content=content, executable=executable)


@st.composite
def changed(draw, name, content, token):
    if name.endswith(".bin"):
        return content + token.encode()
    if name.endswith(".json"):
        return content.replace(b"{\n", f'{{\n  "{token}": 1,\n'.encode(), 1)
    form = {".toml": f"{token} = 1", ".yaml": f"{token}: 1"}.get(PurePosixPath(name).suffix, token)
    lines = content.splitlines(keepends=True)
    at = draw(st.integers(0, len(lines)))
    if lines and draw(st.booleans()):
        del lines[draw(st.integers(0, len(lines) - 1))]
        at = min(at, len(lines))
    if at and not lines[at - 1].endswith(b"\n"):
        lines[at - 1] += b"\n"
    return b"".join([*lines[:at], f"{form}\n".encode(), *lines[at:]])


@st.composite
def cases(draw):
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5))
    base = {name: draw(texts(name)) for name in names}
    sides = []
    for side in ("mine", "theirs"):
        made = {}
        for name, content in base.items():
            found = draw(edited(name, content, side))
            if found is not None:
                made[found[0]] = found[1]
        for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=2)):
            if name not in base and name not in made:
                made[name] = File(content=draw(changed(name, draw(texts(name)), f"{side}_new")))
        sides.append(made)
    owners = {name: draw(st.sampled_from(OWNERS)) for name in NAMES}
    return base, sides[0], sides[1], owners


def tokens(side, things):
    found = set()
    for file in things:
        content = file.content if isinstance(file, File) else file
        for word in content.replace(b"=", b" ").replace(b":", b" ").replace(b'"', b" ").split():
            position = word.find(f"{side}_".encode())
            if position >= 0:
                found.add(bytes(word[position:]))
    return found


@LAWS
@given(case=cases())
def test_no_line_of_either_side_vanishes_without_a_verdict(case):
    base, ours, theirs, owners = case
    made = planned(base, ours, theirs, owners=owners)
    after = result(ours, made)
    asked = [
        file
        for one in made.outcomes
        if one.verdict is Verdict.CONFLICT and one.stages is not None
        for file in (one.stages.ours, one.stages.theirs)
        if file is not None
    ]
    left = {one.path for one in made.outcomes if one.verdict is Verdict.LEFT}

    mine = tokens("mine", ours.values())
    assert mine <= tokens("mine", after.values()), "a line of yours is gone"
    said = [file for path, file in files(theirs).items() if path in left]
    said += [
        file
        for one in made.outcomes
        if one.verdict is Verdict.LEFT
        for path, file in files(theirs).items()
        if path.name == one.path.name
    ]
    known = tokens("theirs", [*after.values(), *asked, *said])
    assert tokens("theirs", theirs.values()) <= known, "a line of the house's is gone"


@LAWS
@given(case=cases())
def test_a_house_that_did_not_change_changes_nothing(case):
    base, ours, _, owners = case

    made = planned(base, ours, base, owners=owners)

    assert result(ours, made) == files(ours)
    assert not made.told


@LAWS
@given(case=cases())
def test_a_repository_that_was_not_edited_becomes_what_new_would_give(case):
    base, _, theirs, owners = case

    made = planned(base, base, theirs, owners=owners)

    assert result(base, made) == files(theirs)
    assert not made.conflicts


@LAWS
@given(case=cases())
def test_what_both_did_alike_is_done_once(case):
    base, ours, _, owners = case

    made = planned(base, ours, ours, owners=owners)

    assert not [
        one for one in made.conflicts if one.stages and one.stages.ours == one.stages.theirs
    ]
    assert result(ours, made) == files(ours)
