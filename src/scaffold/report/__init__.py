"""Findings and comparisons as text, JSON and pictures."""
