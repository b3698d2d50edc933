import logging
import warnings

import pytest

from scaffold.cli.hush import quiet


def test_warnings_and_log_lines_of_others_are_kept_back(caplog):
    with quiet():
        warnings.warn("deprecated", UserWarning, stacklevel=1)
        logging.getLogger("trainer").warning("no GPU")

    assert caplog.messages == []


def test_errors_are_heard(caplog):
    with quiet():
        logging.getLogger("trainer").error("out of memory")

    assert caplog.messages == ["out of memory"]


def test_afterwards_everything_is_as_before(caplog):
    with pytest.raises(KeyError), quiet():
        raise KeyError

    logging.getLogger("trainer").warning("no GPU")
    assert caplog.messages == ["no GPU"]
