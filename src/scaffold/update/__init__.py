"""Bring a newer house into a repository without losing a line: a verdict for every file."""
