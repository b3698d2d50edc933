"""Answers and a house in, rendered files out, as a value."""
