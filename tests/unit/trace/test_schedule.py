"""The schedule driver writes tables, whole or at chosen steps."""

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from scaffold.core.errors import ScaffoldError
from scaffold.trace import schedule


def sgd(*rates):
    return torch.optim.SGD(
        [{"params": [torch.nn.Parameter(torch.ones(1))], "lr": rate} for rate in rates]
    )


def test_a_table_holds_the_rate_that_each_step_is_taken_with():
    rates = schedule.table(sgd(1.0, 0.1), lambda o, _: lr_scheduler.ExponentialLR(o, 0.5), 3)

    np.testing.assert_allclose(rates, [[1.0, 0.1], [0.5, 0.05], [0.25, 0.025]])


def test_a_schedule_that_wants_a_measurement_is_refused():
    with pytest.raises(ScaffoldError) as error:
        schedule.table(sgd(1.0), lambda o, _: lr_scheduler.ReduceLROnPlateau(o), 3)

    assert error.value.where == "schedule, step 0"
    assert error.value.what.startswith("the schedule cannot be stepped without a measurement (")
    assert error.value.remedy == "return a schedule that is a function of the step alone"


def test_a_table_of_usual_length_is_kept_whole():
    assert len(schedule.chosen(np.zeros((5000, 2)))) == 5000


def test_a_long_table_keeps_its_ends_and_its_turns():
    rates = np.ones((400_000, 1))
    rates[123_457:] = 0.1

    kept = schedule.chosen(rates)

    assert len(kept) < 6000
    assert {0, 255, 123_456, 123_457, 399_999} <= set(kept.tolist())
