from scaffold.testing.summary import Mark, lines


def mark(rung, name, order, *, failed=False, first=""):
    return Mark(rung=rung, name=name, order=order, failed=failed, first=first)


def test_agreement_is_counted_rung_by_rung_in_the_order_of_the_ladder():
    marks = [(mark("loss", "a", 0), ""), (mark("forward", "b", 0), ""), (mark("loss", "c", 1), "")]

    assert list(lines(marks)) == [
        "parity: 3 of 3 items agree",
        "  forward    1 of 1",
        "  loss       2 of 2",
    ]


def test_the_first_divergence_is_the_earliest_of_the_lowest_rung():
    marks = [
        (mark("loss", "a", 0, failed=True, first="first divergence: a"), ""),
        (mark("forward", "late", 7, failed=True, first="first divergence: late"), ""),
        (mark("forward", "early", 2, failed=True, first="first divergence: early\n  do x"), ""),
    ]

    assert list(lines(marks)) == [
        "first divergence: early",
        "  do x",
        "",
        "parity: 0 of 3 items agree",
        "  forward    0 of 2",
        "  loss       0 of 1",
    ]


def test_a_failure_without_a_known_first_divergence_speaks_for_itself():
    text = "scaffold.testing.ParityDivergence: rung init has no goldens\n  where    goldens/twin"

    shown = list(lines([(mark("init", "no-goldens", 0, failed=True), text)]))

    assert shown[:2] == ["first divergence: rung init has no goldens", "  where    goldens/twin"]
