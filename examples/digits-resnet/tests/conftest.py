"""What several tests need."""

from __future__ import annotations

import pytest

from digits_resnet.training.run import settings


@pytest.fixture
def compose(tmp_path):
    """Compose a training as small as it gets, which writes below a temporary folder."""

    def composed(*overrides):
        return settings(
            "train",
            "logger=csv",
            "launcher=local",
            "model=twin",
            "data.limit=16",
            "data.validation=4",
            "data.test=4",
            "data.batch_size=4",
            "trainer.max_epochs=2",
            f"paths.output={tmp_path / 'run'}",
            f"paths.results={tmp_path / 'results'}",
            *overrides,
        )

    return composed
