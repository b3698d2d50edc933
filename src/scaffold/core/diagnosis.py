"""Hold why a part differs: the hypotheses that reproduce theirs, and the nearest that does not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """One hypothesis that was run: what was changed in ours, where, and how close that came."""

    hypothesis: str
    """Its name in the registry, e.g. `eps`."""
    claim: str
    """What theirs does, e.g. `eps=1e-05`."""
    ours: str
    """What ours does at that place, e.g. `1e-06`; empty where nothing stands against the claim."""
    place: str
    """The operation and its call number, or the parameters, e.g. `layer_norm, call 1`."""
    ratio: float
    """q on the worst probe after the change."""
    rows: tuple[str, ...]
    """Rows of the defect catalogue that it stands for."""
    tried: bool = True
    """Whether it was run; what the calls themselves show was not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """What running the hypotheses showed about one part or item."""

    ours: float
    """q on the worst probe before any change."""
    fits: tuple[Explanation, ...] = ()
    """What reproduces theirs on every probe; several cannot be told apart on these probes."""
    also: tuple[Explanation, ...] = ()
    """What fits as well, but with a number nobody would write or as a stand-in for any cause."""
    runner_up: Explanation | None = None
    """The nearest hypothesis that does not fit."""
    tried: int = 0
    broken: tuple[str, ...] = ()
    """Hypotheses that were not tried in full, because their trials could not be made."""
    left: tuple[str, ...] = ()
    """Hypotheses that were not tried in full, because the part is large and the runs were spent."""
    note: str = ""
    """Why nothing could be run, where that is so."""

    @property
    def found(self) -> bool:
        """Whether a hypothesis fits."""
        return bool(self.fits)

    @property
    def named(self) -> bool:
        """Whether what fits first is a row of the catalogue, and not a description alone."""
        return bool(self.fits) and bool(self.fits[0].rows)

    @property
    def certain(self) -> bool:
        """Whether exactly one hypothesis fits."""
        return len(self.fits) == 1

    @property
    def sentences(self) -> tuple[str, ...]:
        """The evidence, one sentence per explanation, or the one that says that none fits."""
        if self.note:
            return (self.note,)
        if not self.fits:
            nearest = _nearest(self.runner_up, "the nearest")
            return (f"no hypothesis fits ({self.tried} tried{nearest})", *self._unfinished)
        first = f"{_evidence(self.fits[0], self.ours)}{_nearest(self.runner_up, 'the runner-up')}"
        if self.certain:
            return (first, *self._unfinished)
        return (
            f"{len(self.fits)} hypotheses fit and cannot be told apart on these probes",
            first,
            *(_evidence(fit, self.ours) for fit in self.fits[1:]),
            *self._unfinished,
        )

    @property
    def _unfinished(self) -> tuple[str, ...]:
        """Say so where the search ended before every hypothesis was tried."""
        if not self.left:
            return ()
        shown = ", ".join(self.left[:3])
        more = f" and {len(self.left) - 3} more" if len(self.left) > 3 else ""  # noqa: PLR2004
        said = f"the part is large: the runs were spent after {self.tried} trials, and"
        return (f"{said} {shown}{more} were not tried in full",)


def _evidence(fit: Explanation, before: float) -> str:
    if not fit.tried:
        return f"{fit.claim}, {fit.ours} ({fit.place}); seen in the calls, not tried"
    yours = f"yours is {fit.ours}, q {before:.3g}" if fit.ours else f"yours has q {before:.3g}"
    return f"{fit.claim} reproduces it, q {fit.ratio:.2g}; {yours} ({fit.place})"


def _nearest(other: Explanation | None, word: str) -> str:
    if other is None:
        return f"; {word} is none of what was tried" if word == "the runner-up" else ""
    return f"; {word} is {other.claim}, q {other.ratio:.3g}"
