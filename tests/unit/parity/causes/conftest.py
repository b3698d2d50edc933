"""Draw a part in any style, record theirs on the probes, and diagnose ours."""

import pytest
import torch
from torch import nn

from scaffold.parity.causes import Sample, diagnose_part


class Written(nn.Module):
    """A part written by hand: named tensors, and a function of the part and its inputs."""

    def __init__(self, function, buffers=(), **tensors):
        super().__init__()
        self.function = function
        for name, shape in tensors.items():
            value = torch.ones(shape) if name in ("weight", "gain") else torch.zeros(shape)
            if name in buffers:
                value = value + 1.0 if "var" in name else value
                self.register_buffer(name, value)
            else:
                self.register_parameter(name, nn.Parameter(value))

    def forward(self, *inputs):
        return self.function(self, *inputs)


def probes(shapes, integers):
    """Yield the probe set on every input shape; whole numbers are the same on each."""
    stream = torch.Generator().manual_seed(11)

    def drawn(shape, change):
        if integers is not None:
            return torch.randint(0, integers, shape, generator=stream)
        return change(torch.randn(shape, generator=stream))

    for probe, change in (
        ("normal", lambda x: x),
        ("times-20", lambda x: 20 * x),
        ("low-variance", lambda x: 0.02 * x + 0.3),
        ("constant", lambda x: 0 * x + 0.5),
    ):
        yield probe, tuple(drawn(shape, change) for shape in shapes)
    yield "batch-1", tuple(drawn((1, *shape[1:]), lambda x: x) for shape in shapes)


def shaken(part):
    """Move every tensor away from where fresh modules agree by accident."""
    stream = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for name, value in (*part.named_parameters(), *part.named_buffers()):
            if value.is_floating_point():
                noise = torch.randn(value.shape, generator=stream)
                if "var" in name:
                    value.mul_((0.5 * noise).exp())
                else:
                    value.add_(0.4 * noise)
    return part


def recorded(theirs, shapes, integers=None):
    samples = []
    with torch.no_grad():
        for probe, inputs in probes(shapes, integers):
            output = theirs(*(x.clone() for x in inputs))
            leaves = output if isinstance(output, tuple) else None
            samples.append(
                Sample(
                    probe=probe,
                    args=inputs,
                    kwargs={},
                    theirs={"": output}
                    if leaves is None
                    else {str(i): leaf for i, leaf in enumerate(leaves)},
                )
            )
    return samples


def diagnosis_of(theirs, ours, shapes, more=None):
    """Build theirs and ours with theirs' tensors, record, and diagnose."""
    more = more or {}
    with torch.random.fork_rng():
        torch.manual_seed(3)
        left, right = shaken(theirs(Written)), ours(Written)
    state = {name: value.clone() for name, value in left.state_dict().items()}
    forgotten = more.get("forgets")
    if forgotten:
        fresh = ours(Written).state_dict()
        names = [name for name in state if forgotten in name]
        right.load_state_dict(state)
        left.load_state_dict({**state, **{name: fresh[name] for name in names}})
    else:
        if "theirs" in more:
            left.load_state_dict(more["theirs"](state))
        right.load_state_dict(state if "carry" not in more else more["carry"](state), strict=True)
    samples = recorded(left.train(more.get("theirs_trains", False)), shapes, more.get("integers"))
    found = diagnose_part(
        right.eval(),
        samples,
        proved=more.get("proved", ()),
        wanted=state if more.get("mapped") else None,
    )
    assert not found.broken
    return found


@pytest.fixture
def diagnose():
    return diagnosis_of


@pytest.fixture
def written():
    """Diagnose a function of named tensors against a module of torch with the same tensors."""

    def made(theirs, ours, tensors, shapes, *, kind, filled=False):
        theirs = shaken(theirs).eval()
        mine = Written(ours, [name for name in tensors if "running" in name], **tensors)
        if not filled:
            mine.load_state_dict({name: theirs.state_dict()[name] for name in tensors})
        return diagnose_part(mine.eval(), recorded(theirs, shapes), kind=kind)

    return made
