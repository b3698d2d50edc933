"""Measure what rounding explains and what it does not: the distribution behind `judge.LIMIT`."""
