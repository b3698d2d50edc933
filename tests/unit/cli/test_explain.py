import json


def test_a_practice_says_when_it_is_done_and_where_it_is_kept(scaffold):
    said = scaffold("explain", "p01")

    assert said.code == 0
    assert said.out.startswith(
        "P01  Declare the activity and what is held constant\n"
        "    practice · Selection and analysis\n"
    )
    assert "\ndone when     enum; `replicate`" in said.out
    assert "\nsource        EMSE Table 1\n" in said.out
    assert "reengineering.toml" in said.out.partition("kept in")[2]
    assert "\n  EMSE: Jiang et al., " in said.out


def test_a_defect_says_which_probes_see_it(scaffold):
    said = scaffold("explain", "D49").out

    assert "\nseen by       FWD first divergent = MLP\n" in said
    assert "\nmissed by     atol 1e-3/1e-4\n" in said
    assert "\n  FWD: outputs layer by layer, same weights, evaluation mode\n" in said


def test_a_gate_says_what_shows_that_it_is_passed(scaffold):
    said = scaffold("explain", "G0").out

    assert said.startswith("G0  Declare\n    gate · Gates\n\nactivity, held-constant,")
    assert "\nshown by      `reengineering.toml` valid\n" in said


def test_a_program_reads_a_page(scaffold):
    found = json.loads(scaffold("explain", "D05", "--format", "json").out)

    assert (found["schema"], found["id"], found["kind"]) == (1, "D05", "defect")
    assert found["abbreviations"]["DTY"] == "several dtypes and devices"
    assert found["served_by"] == []
