"""Say which rules, rungs and pages keep which gate shut."""

from __future__ import annotations

from dataclasses import dataclass

from scaffold.check.claims import GATES


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """One gate: what it is, and what has to be true."""

    id: str
    name: str
    section: str
    """Of the score: data, model, training, release; empty for what comes before."""
    rules: tuple[str, ...] = ()
    """Ids, or the letters of a whole family."""
    rungs: tuple[str, ...] = ()
    """Rungs of the parity ladder that have to agree on fresh evidence."""
    back: str = ""
    """Where to go back to when it stays shut."""


TABLE = (
    Gate(
        id="G0",
        name="declared",
        section="",
        rules=("MAN001", "MAN002", "MAN003", "MAN004", "MAN009", "MAN010", "MAN011", "MAN012"),
    ),
    Gate(
        id="G1",
        name="selected and analysed",
        section="",
        rules=("MAN005", "MAN006", "MAN007", "MAN008", "MAN014", "DOC001", "DOC004", "REL002"),
    ),
    Gate(
        id="G2",
        name="the reference runs",
        section="model",
        rules=("ENV", "PAR001", "PAR002", "PAR003", "PAR004", "PAR005", "PAR006", "PAR007"),
        back="G1",
    ),
    Gate(
        id="G3",
        name="interfaces and skeleton",
        section="model",
        rules=("LAY", "CFG", "TST", "STR001", "STR002", "STR003", "STR004", "STR007", "STR008"),
    ),
    Gate(
        id="G4a",
        name="model aligned",
        section="model",
        rules=("PAR009", "PAR010", "PAR011"),
        rungs=("structure", "weights", "forward"),
        back="G1",
    ),
    Gate(
        id="G4b",
        name="evaluation data and metric aligned",
        section="data",
        rules=("DAT001", "RES001", "RES002", "RES003"),
        rungs=("metrics",),
        back="G1",
    ),
    Gate(
        id="G4c",
        name="loss and gradient aligned",
        section="model",
        rules=("STR005", "STR006"),
        rungs=("loss", "backward", "gradient"),
        back="G1",
    ),
    Gate(
        id="G4d",
        name="optimisation aligned",
        section="training",
        rules=("TRN004",),
        rungs=("optimizer", "schedule"),
        back="G1",
    ),
    Gate(
        id="G4e",
        name="initialisation and state aligned",
        section="model",
        rungs=("init", "state", "train"),
        back="G1",
    ),
    Gate(
        id="G4f",
        name="training data aligned",
        section="data",
        rules=("DAT002", "DAT003", "DAT004"),
        rungs=("data",),
        back="G1",
    ),
    Gate(
        id="G5",
        name="integrated",
        section="training",
        rules=("TRN001", "TRN002", "TRN003"),
        rungs=("trace",),
        back="G4a",
    ),
    Gate(
        id="G6",
        name="compute may be spent",
        section="training",
        rules=("DOC006", "RES005", "RES006", "MAN013"),
    ),
    Gate(id="G7", name="a quarter of the training within the band", section="training", back="G4a"),
    Gate(
        id="G8",
        name="reproduced",
        section="training",
        rules=("RES004", "RES007", "RES008", "TRN005", "DOC005", "DAT005"),
        back="G4a",
    ),
    Gate(
        id="G9", name="reviewed by somebody else", section="release", rules=("DOC013",), back="G3"
    ),
    Gate(id="G10", name="portable", section="release", back="G4a"),
    Gate(
        id="G11",
        name="documented",
        section="release",
        rules=("DOC002", "DOC007", "DOC008", "DOC009", "DOC010", "DOC011", "DOC012", "HYG", "SEC"),
    ),
    Gate(
        id="G12",
        name="released",
        section="release",
        rules=("REL001", "REL003", "REL004", "REL005", "REL006", "REL007", "PAR012", "DRF"),
    ),
)
BY_ID = {gate.id: gate for gate in TABLE}

assert tuple(BY_ID) == GATES  # noqa: S101 - two lists of one thing
