"""Turn a comparison into JSON and back; the schema lies beside this file."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

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
from scaffold.core.curve import Curve
from scaffold.core.errors import ScaffoldError
from scaffold.report import jsondifference
from scaffold.report.jsonnumber import read, read_or_none, written
from scaffold.report.words import headline

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = 1
"""The version of the document; it rises when a reader of the old form would be misled.

A field that is only new does not raise it: whoever reads a document leaves out what he does not
know, and takes a missing field for its default. So every field that was added later is optional in
the schema, and has a default here.
"""


def schema() -> dict[str, Any]:
    """Read the published JSON schema of the document."""
    text = resources.files("scaffold.report").joinpath("schemas", "comparison.schema.json")
    document: dict[str, Any] = json.loads(text.read_text(encoding="utf-8"))
    return document


def dumps(comparison: Comparison) -> str:
    """Write a comparison as JSON: the same comparison gives the same bytes."""
    document = {
        "kind": "comparison",
        "schema": SCHEMA,
        "agrees": comparison.agrees,
        "headline": headline(comparison),
        "reference": comparison.reference,
        "bundle": comparison.bundle,
        "parts": [_part(row) for row in comparison.parts],
        "rungs": [_rung(row) for row in comparison.rungs],
        "first": _divergence(comparison.first) if comparison.first else None,
        "unmatched": list(comparison.unmatched),
        "notes": list(comparison.notes),
        "limit": written(comparison.limit),
        "provenance": [{"name": name, "text": text} for name, text in comparison.provenance],
        "differences": [jsondifference.document(one) for one in comparison.differences],
        "curves": [_curve(one) for one in comparison.curves],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _part(row: PartRow) -> dict[str, Any]:
    return {
        "part": row.part,
        "ours": row.ours,
        "kind": row.kind,
        "local": _judgement(row.local),
        "interface": _judgement(row.interface),
        "end_to_end": _judgement(row.end_to_end),
        "probes": list(row.probes),
        "through": row.through,
        "order": row.order,
        "source": row.source,
        "gain": written(row.gain),
        "by_probe": [
            {
                "probe": one.probe,
                "local": _mark(one.local),
                "interface": _mark(one.interface),
                "end_to_end": _mark(one.end_to_end),
            }
            for one in row.by_probe
        ],
    }


def _rung(row: RungRow) -> dict[str, Any]:
    return {
        "rung": row.rung.value,
        "item": row.item,
        "part": row.part,
        "judgement": _judgement(row.judgement),
    }


def _judgement(judgement: Judgement) -> dict[str, Any]:
    return {
        **_mark(judgement),
        "worst": judgement.worst,
        "probe": judgement.probe,
        "reason": judgement.reason,
    }


def _mark(judgement: Judgement) -> dict[str, Any]:
    return {"verdict": judgement.verdict.value, "ratio": written(judgement.ratio)}


def _divergence(first: Divergence) -> dict[str, Any]:
    return {
        "rung": first.rung.value,
        "place": first.place,
        "because": first.because,
        "remedy": first.remedy,
        "evidence": list(first.evidence),
    }


def _curve(curve: Curve) -> dict[str, Any]:
    return {
        "rung": curve.rung.value,
        "item": curve.item,
        "steps": list(curve.steps),
        "theirs": [written(value) for value in curve.theirs],
        "ours": [written(value) for value in curve.ours],
    }


def _read_curve(row: Mapping[str, Any]) -> Curve:
    return Curve(
        rung=Rung(row["rung"]),
        item=row["item"],
        steps=tuple(row["steps"]),
        theirs=tuple(map(read, row["theirs"])),
        ours=tuple(map(read, row["ours"])),
    )


def loads(text: str, *, where: str = "comparison") -> Comparison:
    """Read what `dumps` wrote.

    Raises:
        ScaffoldError: The text is no JSON, or not of this kind and version.
    """
    try:
        document = json.loads(text)
        if (document["kind"], document["schema"]) != ("comparison", SCHEMA):
            raise _unreadable(where, f"kind {document['kind']}, schema {document['schema']}")
        return _comparison(document)
    except (ValueError, TypeError, KeyError) as error:
        raise _unreadable(where, f"{type(error).__name__}: {error}") from error


def _unreadable(where: str, why: str) -> ScaffoldError:
    return ScaffoldError(
        f"is no comparison of schema {SCHEMA} ({why})",
        where=where,
        remedy="write it again: scaffold compare --format json",
    )


def _comparison(document: Mapping[str, Any]) -> Comparison:
    first = document["first"]
    return Comparison(
        reference=document["reference"],
        bundle=document["bundle"],
        parts=tuple(_read_part(row) for row in document["parts"]),
        rungs=tuple(_read_rung(row) for row in document["rungs"]),
        first=_read_divergence(first) if first else None,
        unmatched=tuple(document["unmatched"]),
        notes=tuple(document["notes"]),
        limit=read_or_none(document.get("limit")),
        provenance=tuple((fact["name"], fact["text"]) for fact in document.get("provenance", ())),
        differences=tuple(map(jsondifference.value, document.get("differences", ()))),
        curves=tuple(map(_read_curve, document.get("curves", ()))),
    )


def _read_divergence(first: Mapping[str, Any]) -> Divergence:
    return Divergence(
        rung=Rung(first["rung"]),
        place=first["place"],
        because=first["because"],
        remedy=first["remedy"],
        evidence=tuple(first["evidence"]),
    )


def _read_part(row: Mapping[str, Any]) -> PartRow:
    return PartRow(
        part=row["part"],
        ours=row["ours"],
        kind=row["kind"],
        local=_read_judgement(row["local"]),
        interface=_read_judgement(row["interface"]),
        end_to_end=_read_judgement(row["end_to_end"]),
        probes=tuple(row["probes"]),
        through=row.get("through"),
        order=row.get("order"),
        source=row.get("source", ""),
        by_probe=tuple(map(_read_probe, row.get("by_probe", ()))),
    )


def _read_probe(row: Mapping[str, Any]) -> ProbeRow:
    return ProbeRow(
        probe=row["probe"],
        local=_read_judgement(row["local"]),
        interface=_read_judgement(row["interface"]),
        end_to_end=_read_judgement(row["end_to_end"]),
    )


def _read_rung(row: Mapping[str, Any]) -> RungRow:
    return RungRow(
        rung=Rung(row["rung"]),
        item=row["item"],
        part=row["part"],
        judgement=_read_judgement(row["judgement"]),
    )


def _read_judgement(row: Mapping[str, Any]) -> Judgement:
    return Judgement(
        verdict=Verdict(row["verdict"]),
        ratio=read_or_none(row["ratio"]),
        worst=row.get("worst", ""),
        probe=row.get("probe", ""),
        reason=row.get("reason", ""),
    )
