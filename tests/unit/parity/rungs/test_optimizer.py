"""The optimiser rung replays gradients, so that a wrong rule shows whatever it is called."""

import pytest

from scaffold.core.comparison import Verdict
from scaffold.parity.rungs import optimizer

ADAMW = "torch.optim.AdamW(groups(model), lr=3e-3, betas=(0.9, 0.999), eps=1e-8)"
RULE = """class Own(torch.optim.Optimizer):
    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                s = self.state[p]
                if not s:
                    s.update(m=torch.zeros_like(p), v=torch.zeros_like(p), t=0)
                s["t"] += 1
                t, lr, eps, wd = s["t"], group["lr"], group["eps"], group["weight_decay"]
                b, c = group["betas"]
                s["m"].mul_(b).add_(p.grad, alpha=1 - b)
                s["v"].mul_(c).addcmul_(p.grad, p.grad, value=1 - c)
                m, v = s["m"] / (1 - b**t), s["v"] / (1 - c**t)
                UPDATE


def optimizer(model):
"""


def own(update):
    """Replace AdamW by a rule written out."""
    made = "Own(groups(model), dict(lr=3e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.05))"
    return [(ADAMW, made), ("def optimizer(model):\n", RULE.replace("UPDATE", update))]


HARMLESS = {
    "as written": [],
    "foreach": [("eps=1e-8)", "eps=1e-8, foreach=True)")],
    "fused": [("eps=1e-8)", "eps=1e-8, fused=True)")],
    "single tensor": [("eps=1e-8)", "eps=1e-8, foreach=False)")],
    "decay first": own("p.mul_(1 - lr * wd).sub_(lr * m / (v.sqrt() + eps))"),
    "one subtraction": own("p.sub_(lr * (m / (v.sqrt() + eps) + wd * p))"),
}
SETTINGS = {
    "beta2": ([("0.999)", "0.98)")], "betas: theirs [0.9, 0.999], ours [0.9, 0.98]"),
    "eps": ([("eps=1e-8", "eps=1e-6")], "eps: theirs 1e-08, ours 1e-06"),
    "learning rate": ([("lr=3e-3", "lr=3.01e-3")], "lr: theirs 0.003, ours 0.00301"),
    "amsgrad": ([("eps=1e-8)", "eps=1e-8, amsgrad=True)")], "amsgrad: theirs False, ours True"),
}
RULES = {
    "eps inside the root": own("p.mul_(1 - lr * wd).sub_(lr * m / (v + eps**2).sqrt())"),
    "eps before the correction": own(
        "p.mul_(1 - lr * wd).sub_(lr * m / ((s['v'].sqrt() + eps) / (1 - c**t) ** 0.5))"
    ),
    "no bias correction": own("p.mul_(1 - lr * wd).sub_(lr * s['m'] / (s['v'].sqrt() + eps))"),
    "decay not scaled by the rate": own("p.mul_(1 - 3e-3 * wd).sub_(lr * m / (v.sqrt() + eps))"),
    "decay after the step": own("p.sub_(lr * m / (v.sqrt() + eps)).mul_(1 - lr * wd)"),
    "Adam": [("torch.optim.AdamW(", "torch.optim.Adam(")],
}
THEIRS = ADAMW.replace("groups(model)", "groups")
SGD = "torch.optim.SGD(groups, lr=0.05, momentum=0.9)"
SGD_RULES = {
    "nesterov": "torch.optim.SGD(groups(model), lr=0.05, momentum=0.9, nesterov=True)",
    "dampening": "torch.optim.SGD(groups(model), lr=0.05, momentum=0.9, dampening=0.9)",
    "momentum": "torch.optim.SGD(groups(model), lr=0.05, momentum=0.8)",
}
VELOCITY = """class Own(torch.optim.Optimizer):
    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                s = self.state[p]
                g = p.grad + group["weight_decay"] * p
                s["v"] = 0.9 * s.get("v", 0) - group["lr"] * g
                p.add_(s["v"])


def optimizer(model):
"""


def updates(found):
    return {item for item in found if item.endswith(" update")}


@pytest.mark.parametrize("name", HARMLESS)
def test_another_implementation_of_the_rule_agrees(name, bundle, weights, ours, wrong):
    rows = optimizer.rows(bundle, ours(*HARMLESS[name]), weights)

    assert wrong(rows) == {}
    assert len(rows) == 2 * 41


@pytest.mark.parametrize("name", SETTINGS)
def test_a_wrong_setting_is_named_at_every_parameter_and_seen_in_the_replay(
    name, bundle, weights, ours, wrong
):
    changes, reason = SETTINGS[name]

    found = wrong(optimizer.rows(bundle, ours(*changes), weights))

    assert found["classes.weight group"].reason == reason
    assert len(updates(found)) >= 30


@pytest.mark.parametrize("name", RULES)
def test_a_wrong_rule_is_caught_by_the_replay(name, bundle, weights, ours, wrong):
    found = wrong(optimizer.rows(bundle, ours(*RULES[name]), weights))

    assert "classes.weight update" in found


def test_a_rule_of_another_name_is_wrong_only_when_the_replay_is(bundle, weights, ours, wrong):
    found = wrong(optimizer.rows(bundle, ours(*RULES["decay after the step"]), weights))

    assert found["classes.weight group"].reason == "class: theirs AdamW, ours Own"


def test_a_rule_of_another_name_that_moves_alike_is_said_to(bundle, weights, ours):
    rows = optimizer.rows(bundle, ours(*HARMLESS["decay first"]), weights)

    row = next(row for row in rows if row.item == "classes.weight group")
    assert row.judgement.verdict is Verdict.ROUNDING
    assert row.judgement.reason == (
        "class: theirs AdamW, ours Own; the replay cannot tell them apart"
    )


def test_decay_on_the_norms_is_named_at_the_norms_alone(bundle, weights, ours, wrong):
    changed = ('"norm", "before", "between", "last", ', "")

    found = wrong(optimizer.rows(bundle, ours(changed), weights))

    inside = [f"blocks.{i}.{norm}" for i in (0, 1) for norm in ("before", "between")]
    weight = [f"{norm}.weight" for norm in ("batch_norm", "last", *inside)]
    assert set(found) == {f"{name} {what}" for name in weight for what in ("group", "update")}
    assert found["last.weight group"].reason == "weight_decay: theirs 0.0, ours 0.05"


def test_a_parameter_that_ours_does_not_train_is_named(bundle, weights, ours, wrong):
    changed = ("if not is_decayed(name)]", "if 'bias' in name]")

    found = wrong(optimizer.rows(bundle, ours(changed), weights))

    assert found["places group"].reason == "class: theirs AdamW, ours frozen"
    assert found["places update"].probe == "step 1"


@pytest.mark.parametrize("name", SGD_RULES)
def test_a_wrong_momentum_is_caught(name, record_in, weights, ours, wrong):
    bundle = record_in("sgd", (THEIRS, SGD))

    right = ours((ADAMW, SGD.replace("groups", "groups(model)")))
    assert wrong(optimizer.rows(bundle, right, weights)) == {}
    found = wrong(optimizer.rows(bundle, ours((ADAMW, SGD_RULES[name])), weights))
    assert len(updates(found)) == 41


def test_a_velocity_that_holds_the_learning_rate_shows_after_the_rate_changes(
    record_in, weights, ours, wrong
):
    bundle = record_in("sgd", (THEIRS, SGD))
    made = "Own(groups(model), dict(lr=0.05, momentum=0.9, weight_decay=0.0))"

    found = wrong(
        optimizer.rows(bundle, ours((ADAMW, made), ("def optimizer(model):\n", VELOCITY)), weights)
    )

    assert len(updates(found)) == 41
    assert found["classes.weight update"].probe == "step 12"
