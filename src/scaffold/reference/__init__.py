"""What the reference is: perturb it, probe it, record it into a bundle."""

from scaffold.reference.perturb import perturbed
from scaffold.reference.probes import Probe, probes
from scaffold.reference.record import record
from scaffold.reference.recording import Recording

__all__ = ["Probe", "Recording", "perturbed", "probes", "record"]
