"""The parity ladder: is this the model of the reference? One test per part, parameter, term and table.

Judged on what the reference computed (`goldens/`), in units of the rounding that ours itself makes. The tests of a
rung that has no goldens fail: a comparison that was not made is no agreement.
"""


def test_structure(structure_item):
    """Names, shapes and counts, of the twin and of the full model."""
    structure_item.check()


def test_weights(weights_item):
    """The map carries every weight, both ways."""
    weights_item.check()


def test_forward(forward_part):
    """Each part gives the reference's output on the reference's input."""
    forward_part.check()


def test_loss(loss_term):
    """Each term, and its gradient with respect to the output."""
    loss_term.check()


def test_backward(backward_part):
    """What flows back through each part alone, under the cotangent that reached it in the reference."""
    backward_part.check()


def test_gradient(gradient_of):
    """The gradient of every parameter and of the input."""
    gradient_of.check()


def test_train(train_part):
    """Each part in training mode, under the random numbers that the reference drew."""
    train_part.check()


def test_optimizer(optimizer_item):
    """Parameters after steps on recorded gradients, and the groups."""
    optimizer_item.check()


def test_schedule(schedule_item):
    """The learning rate at every step of a whole training."""
    schedule_item.check()


def test_ema(ema_item):
    """The averaged weights, where the reference has them."""
    ema_item.check()


def test_state(state_item):
    """Parameters and buffers after a few training steps."""
    state_item.check()


def test_init(init_item):
    """The distributions from which parameters start."""
    init_item.check()


def test_data(data_step):
    """Each operation from the source of a sample to the input of the model."""
    data_step.check()


def test_metrics(metric_item):
    """What an evaluation reports, on the same predictions."""
    metric_item.check()


def test_trace(trace_item):
    """The loss at every one of these steps."""
    trace_item.check()


def test_precision(precision_item):
    """Ours in a working precision, end to end, is no further off than it has to be."""
    precision_item.check()
