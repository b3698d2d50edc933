"""Optimizer and schedule, in the form in which the reference uses them."""
