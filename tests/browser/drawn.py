"""Comparisons for a browser: a real one, a great one, and one that means harm.

`planted.json` is what `scaffold compare --format json` said of a repository as it is generated,
with `norm_eps: 1.0e-5` for `1.0e-6`; its later rungs and looks are cut off.
"""

from pathlib import Path

from scaffold.core.comparison import (
    Comparison,
    Divergence,
    Judgement,
    PartRow,
    ProbeRow,
    Rung,
    RungRow,
    Verdict,
)
from scaffold.core.difference import Concentration, Difference, Element, Grid, Side
from scaffold.report import jsonform

EQUAL = Judgement(verdict=Verdict.EQUAL, ratio=0.0)
ROUNDING = Judgement(verdict=Verdict.ROUNDING, ratio=1.2)
PROBES = ("normal", "times-20", "low-variance", "constant", "batch-1", "real", "odd-size")
PLANTED = Path(__file__).with_name("planted.json")

HOSTILE = (
    "<script>window.hacked=1</script>",
    "\"><img src=x onerror='window.hacked=2'>",
    "' onmouseover='window.hacked=3",
    "</style></title></script><b id=hacked>",
    "{{ 7*7 }}{% raw %}",
    "javascript:window.hacked=4",
    "\u202egnp.evil \u2066 \ufeff naïve \N{GREEK SMALL LETTER ALPHA} \N{PILE OF POO}",
    "\x00\x1b[31m\x7f\ud800 &lt;b&gt; &amp;",
    "x" * 3000,
)


def planted():
    return jsonform.loads(PLANTED.read_text(encoding="utf-8"))


def row(part, kind="Linear", local=EQUAL, **others):
    return PartRow(
        part=part,
        ours=f"our.{part}",
        kind=kind,
        local=local,
        interface=others.pop("interface", ROUNDING),
        end_to_end=others.pop("end_to_end", ROUNDING),
        probes=PROBES,
        **others,
    )


def great(parts=2000):
    """A model of many parts in a tree, everything after the first third drifted."""
    rows = [row("", "Model", order=parts)]
    for place in range(1, parts):
        block, layer = divmod(place - 1, 10)
        name = f"stage.{block // 20}.block.{block}" + (f".layer{layer}" if layer else "")
        wrong = Judgement(verdict=Verdict.DIFFERENT, ratio=10.0 + place)
        late = place > parts // 3
        by_probe = tuple(
            ProbeRow(probe=probe, local=EQUAL, interface=wrong, end_to_end=wrong)
            for probe in PROBES
        )
        rows.append(
            row(
                name,
                "Block" if not layer else "Linear",
                local=wrong if place == parts // 3 else EQUAL,
                interface=wrong if late else ROUNDING,
                end_to_end=wrong if late else ROUNDING,
                order=place,
                by_probe=by_probe if late else (),
            )
        )
    return Comparison(
        reference="reference/adapter.py",
        bundle="goldens/twin",
        parts=tuple(rows),
        rungs=tuple(
            RungRow(rung=Rung.GRADIENT, item=f"{one.part}.weight", judgement=ROUNDING)
            for one in rows
        ),
        first=Divergence(
            rung=Rung.FORWARD,
            place=rows[parts // 3].ours,
            because="it differs",
            remedy="mend it",
        ),
        limit=8.0,
    )


def hostile():
    """Every text of a comparison that a stranger's model can choose."""
    bad = Judgement(
        verdict=Verdict.DIFFERENT,
        ratio=float("inf"),
        worst=HOSTILE[0],
        probe=HOSTILE[1],
        reason=HOSTILE[2],
    )
    parts = tuple(
        PartRow(
            part=name,
            ours=name,
            kind=name,
            local=bad,
            interface=bad,
            end_to_end=bad,
            probes=HOSTILE,
            source=name,
            order=place,
            by_probe=(ProbeRow(probe=name, local=bad, interface=bad, end_to_end=bad),),
        )
        for place, name in enumerate(HOSTILE)
    )
    looks = tuple(
        Difference(
            part=name,
            ours=name,
            side=Side.ALONE,
            probe=name,
            call=0,
            leaf=name,
            dtype=name,
            shape=(1, 100_000),
            unit=1e-7,
            elements=100_000,
            beyond=1,
            edges=(0.0, 1.0, 8.0),
            counts=(99_999, 0, 0, 1),
            worst=(
                Element(place=(0, 99_999), theirs=float("nan"), ours=-1.7e308, ratio=float("inf")),
            ),
            concentrations=(Concentration(axis=1, index=99_999, share=1.0),),
            grid=Grid(at=(0, None), steps=(1, 2084), cells=((0.0,) * 47 + (float("inf"),),)),
        )
        for name in HOSTILE
    )
    return Comparison(
        reference=HOSTILE[3],
        bundle=HOSTILE[0],
        parts=parts,
        rungs=tuple(
            RungRow(rung=Rung.LOSS, item=name, judgement=bad, part=name) for name in HOSTILE
        ),
        first=Divergence(
            rung=Rung.FORWARD,
            place=HOSTILE[1],
            because=HOSTILE[0],
            remedy=HOSTILE[3],
            evidence=HOSTILE,
        ),
        unmatched=HOSTILE,
        notes=HOSTILE,
        limit=8.0,
        provenance=tuple((name, name) for name in HOSTILE),
        differences=looks,
    )
