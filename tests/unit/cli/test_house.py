import json


def test_a_house_is_exported_to_cookiecutter(scaffold, tmp_path):
    said = scaffold("house", "export", "--to", "cookiecutter", "out", "--house", "h")

    assert said.code == 0
    assert said.out == (
        f"made {tmp_path}/out: 4 files, a cookiecutter template of the house small\n"
        "\nnext:\n  cookiecutter out\n"
    )
    assert (tmp_path / "out/{{cookiecutter.name}}/README.md").read_text() == (
        "# {{ cookiecutter.name }}\n"
    )


def test_a_house_is_exported_to_copier_as_it_is(scaffold, tmp_path):
    said = scaffold("house", "export", "--to", "copier", "out", "--house", "h", "--format", "json")

    found = json.loads(said.out)
    assert len(found["files"]) == 4
    for name in found["files"]:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "h" / name).read_bytes()


def test_a_folder_that_is_not_empty_is_left_alone(scaffold):
    said = scaffold("house", "export", "--to", "copier", "h", "--house", "h")

    assert said.code == 2
    assert "is not empty" in said.err
    assert "try: name another folder\n" in said.err
