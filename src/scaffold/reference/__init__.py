"""What the reference is: perturb it, probe it, record it into a bundle."""
