"""The other sources of data: what they give, and what they say when something is missing."""

from __future__ import annotations

import numpy as np
import pytest
from scaffold.core.errors import ScaffoldError

from digits_vit.data.folder import image_folder
from digits_vit.data.hub import huggingface
from digits_vit.data.source import as_image, need
from digits_vit.data.vision import torchvision


def test_a_missing_package_names_its_extra():
    with pytest.raises(
        ScaffoldError,
        match=r"no_such_package is not installed\n  try: pip install -e '.\[vision\]'",
    ):
        need("no_such_package", extra="vision")


def test_a_grey_picture_gets_a_channel_and_a_coloured_one_has_its_channels_first():
    assert as_image(np.full((4, 6), 255, dtype=np.uint8)).shape == (1, 4, 6)
    assert as_image(np.full((4, 6, 3), 255, dtype=np.uint8)).shape == (3, 4, 6)
    assert as_image(np.full((2, 2), 255, dtype=np.uint8)).max() == 1.0


def test_folders_of_images_become_three_splits(tmp_path):
    pillow = pytest.importorskip("PIL.Image", reason="needs the extra vision")
    for part in ("train", "val", "test"):
        for number, name in enumerate(("cat", "dog")):
            folder = tmp_path / part / name
            folder.mkdir(parents=True)
            pillow.new("RGB", (6, 4), (255, 0, number * 255)).save(folder / "0.png")

    splits = image_folder(root=str(tmp_path), size=5)

    image, label = splits.val[1]
    assert (len(splits.train), label, image.shape) == (2, 1, (3, 5, 5))
    assert image[:, 2, 2].tolist() == [1.0, 0.0, 1.0]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ScaffoldError, match="there is no such folder of images"):
        image_folder(root=str(tmp_path / "absent"), size=8)


SOURCES = {
    "vision": lambda root: torchvision(
        name="CIFAR10", root=root, download=False, validation=1, split_seed=0
    ),
    "huggingface": lambda root: huggingface(
        name=root, revision="main", image="img", label="label", validation=1, split_seed=0
    ),
}


@pytest.mark.parametrize("extra", SOURCES)
def test_a_source_that_cannot_be_read_says_what_to_install_or_to_load(extra, tmp_path):
    with pytest.raises(ScaffoldError, match=r"is not installed|could not be loaded"):
        SOURCES[extra](str(tmp_path / "absent"))
