"""Measure what recording and comparing cost, beside what they cannot cost less than."""
