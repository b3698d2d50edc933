"""The parity suite of a repository, as a repository has it."""


def test_structure(structure_item):
    structure_item.check()


def test_weights(weights_item):
    weights_item.check()


def test_forward(forward_part):
    forward_part.check()


def test_loss(loss_term):
    loss_term.check()


def test_backward(backward_part):
    backward_part.check()


def test_gradient(gradient_of):
    gradient_of.check()


def test_train(train_part):
    train_part.check()


def test_optimizer(optimizer_item):
    optimizer_item.check()


def test_schedule(schedule_item):
    schedule_item.check()


def test_ema(ema_item):
    ema_item.check()


def test_state(state_item):
    state_item.check()


def test_init(init_item):
    init_item.check()


def test_trace(trace_item):
    trace_item.check()
