"""Averages, data and metrics: rungs that an adapter may offer."""

import pytest

from scaffold.core.comparison import Rung, Verdict
from scaffold.parity.compare import compare
from scaffold.parity.rungs import data, ema, metrics
from scaffold.trace import roles

JUDGES = {"ema": ema, "data": data, "metrics": metrics}
DECAY = "    return min(0.9, (1 + step) / (10 + step))"
TOP = "    return (output.topk(k).indices == target[:, None]).any(-1).float().mean()"
RESIZE = 'image.resize((16, 12), Image.Resampling.BILINEAR),\n        "to'
BY_VALUE = """    above = output > output.gather(1, target[:, None])
    return (above.sum(-1) < k).float().mean()"""
COPY = "            old.copy_(new)"

WRONG = {
    "ema another decay": ([(DECAY, DECAY.replace("0.9", "0.8"))], "decay"),
    "ema without warm-up": ([(DECAY, "    return 0.9")], "decay"),
    "ema warm-up off by one": (
        [("averaged(old, new, self.count)", "averaged(old, new, self.count - 1)")],
        "decay",
    ),
    "ema statistics averaged": (
        [
            (
                COPY,
                "            old.copy_(old.lerp(new, 0.1) if old.is_floating_point() else new)",
            )
        ],
        "norm.running_mean",
    ),
    "ema statistics left": ([(COPY, "            pass")], "norm.running_mean"),
    "ema updated before the step": (
        [
            (
                "        stepper.step()\n        average.update(model)",
                "        average.update(model)\n        stepper.step()",
            )
        ],
        "enter.weight after training",
    ),
    "data bicubic": ([(RESIZE, RESIZE.replace("BILINEAR", "BICUBIC"))], "resize"),
    "data nearest": ([(RESIZE, RESIZE.replace("BILINEAR", "NEAREST"))], "resize"),
    "data without antialias": (
        [
            (
                RESIZE,
                RESIZE.replace("BILINEAR", "BILINEAR, reducing_gap=1.0").replace(
                    "(16, 12)", "(16, 12)"
                ),
            )
        ],
        "resize",
    ),
    "data long side for short": ([(RESIZE, RESIZE.replace("(16, 12)", "(12, 16)"))], "resize"),
    "data colours turned": (
        [('.convert("RGB"),', '.convert("RGB").transpose(Image.Transpose.FLIP_LEFT_RIGHT),')],
        "decode",
    ),
    "data BGR": (
        [
            (
                "torch.from_numpy(np.array(image)).float() / 255",
                "torch.from_numpy(np.array(image)[..., ::-1].copy()).float() / 255",
            )
        ],
        "to float",
    ),
    "data scale": ([(".float() / 255", ".float() / 256")], "to float"),
    "data mean of another order": (
        [("torch.tensor(MEAN)", "torch.tensor(MEAN[::-1])")],
        "normalise",
    ),
    "data variance for deviation": ([("torch.tensor(STD)", "torch.tensor(STD) ** 2")], "normalise"),
    "data layout": ([("x.permute(2, 0, 1)", "x.permute(2, 1, 0)")], "layout"),
    "data crop the other way": ([("left, top = corner", "top, left = corner")], "crop"),
    "data crop from fewer places": (
        [("rng.integers(0, 5)), int", "rng.integers(0, 4)), int")],
        "crop",
    ),
    "data no crop": ([('        "crop": (draw, crop),\n', "")], "crop"),
    "metrics mean of means": (
        [
            (
                "hits.sum() / len(hits)",
                "torch.stack([(o.argmax(-1) == t).float().mean() for o, t in kept]).nanmean()",
            )
        ],
        "accuracy",
    ),
    "metrics micro for macro": (
        [
            (
                "sum(hits[target == k].float().mean() for k in seen) / len(seen)",
                "hits.float().mean()",
            )
        ],
        "macro recall",
    ),
    "metrics absent classes as nothing": ([(" / len(seen),", " / CLASSES,")], "macro recall"),
    "metrics ties by value": (
        [
            (
                TOP,
                BY_VALUE,
            )
        ],
        "top 2",
    ),
    "metrics ignored counted": (
        [("kept = [(o[t >= 0], t[t >= 0])", "kept = [(o, t.clamp(min=0))")],
        "right",
    ),
    "metrics last batch dropped": ([("kept = [", "batches = batches[:2]\n    kept = [")], "right"),
}
HARMLESS = {
    "ema nothing": [],
    "ema written out": [
        ("old.lerp(new, 1 - decay_at(step))", "decay_at(step) * old + (1 - decay_at(step)) * new")
    ],
    "ema subtracted": [
        ("old.lerp(new, 1 - decay_at(step))", "old - (1 - decay_at(step)) * (old - new)")
    ],
    "data nothing": [],
    "data normalised by a product": [
        ("/ torch.tensor(STD)", "* torch.tensor([1 / one for one in STD])")
    ],
    "data in one go": [
        (
            '        "to float": lambda image: torch.from_numpy(np.array(image)).float() / 255,\n',
            "",
        ),
        ("lambda x: (x - ", "lambda im: (torch.from_numpy(np.array(im)).float() / 255 - "),
    ],
    "metrics nothing": [],
    "metrics summed by batch": [
        (
            "hits.sum() / len(hits)",
            "sum((o.argmax(-1) == t).sum() for o, t in kept) / sum(len(t) for _, t in kept)",
        )
    ],
    "metrics loss written out": [
        (
            'loss_terms(output, target)["total"]',
            "(output.logsumexp(-1) - output.gather(1, target[:, None])[:, 0]).mean()",
        )
    ],
}


def judged(offered_pair, name, *changes):
    judge = JUDGES[name.partition(" ")[0]]
    return {row.item: row.judgement for row in judge.rows(*offered_pair(*changes))}


@pytest.mark.parametrize("name", WRONG)
def test_a_mutant_is_caught_and_the_first_item_is_named(offered_pair, name):
    changes, item = WRONG[name]

    found = judged(offered_pair, name, *changes)

    wrong = [one for one, judgement in found.items() if not judgement.verdict.agrees]
    assert wrong
    assert wrong[0] == item


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_rewrite_agrees(offered_pair, name):
    found = judged(offered_pair, name, *HARMLESS[name])

    assert {one: said for one, said in found.items() if not said.verdict.agrees} == {}
    assert len(found) >= 5


def test_a_wrong_decay_is_named_with_its_step_and_both_numbers(offered_pair):
    found = judged(offered_pair, "ema", (DECAY, "    return 0.9"))["decay"]

    assert found.probe == "step 1"
    assert found.worst == "theirs 0.181818182, ours 0.9"


def test_whole_numbers_are_counted_by_how_far_they_are_off(offered_pair):
    found = judged(offered_pair, "data", (RESIZE, RESIZE.replace("BILINEAR", "BICUBIC")))["resize"]

    assert found.verdict is Verdict.DIFFERENT
    assert "% of the values differ, " in found.reason
    assert "% by one, the greatest gap is " in found.reason


def test_an_operation_that_ours_does_not_name_is_compared_in_the_next(offered_pair):
    found = judged(offered_pair, "data in one go", *HARMLESS["data in one go"])["to float"]

    assert found.reason == "ours does not name it: it is compared as a piece of 'normalise'"


@pytest.mark.parametrize(
    ("name", "function"), [("ema", "ema"), ("data", "data_steps"), ("metrics", "metrics")]
)
def test_what_theirs_offers_and_ours_does_not_is_missing(offered_pair, name, function):
    found = judged(offered_pair, name, (f"def {function}(", f"def no_{function}("))

    assert {one.verdict for one in found.values()} == {Verdict.MISSING}
    assert next(iter(found.values())).reason.startswith(
        f"ours.py defines no `{function}`, and the "
    )


def test_what_theirs_does_not_offer_is_a_note_and_no_finding(trained_pair):
    rungs = (Rung.EMA, Rung.DATA, Rung.METRICS)

    found = compare(*trained_pair(), rungs=rungs)

    assert found.agrees
    assert not found.rungs
    assert found.notes == (
        "rung ema: not offered by the adapter: it defines no `ema`",
        "rung data: not offered by the adapter: it defines no `data_steps`",
        "rung metrics: not offered by the adapter: it defines no `metrics`",
    )


def test_a_case_that_theirs_refuses_is_named_with_the_reason(offered_bundle):
    assert offered_bundle.table(roles.METRICS)["refused"] == {}
    assert {e.probe for e in offered_bundle.select(role=roles.METRIC_VALUE)} == {
        "short", "ties", "single", "one-class", "right", "ignored",
    }  # fmt: skip
